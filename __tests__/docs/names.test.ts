import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, readPage } from "./markdown";

const source = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(join(root, "src", file), "utf8"))
  .join("\n");

/** Words in backticks that look like a name of the code. */
function namesIn(page: string): string[] {
  const words = [...readPage(page).matchAll(/`([A-Za-z_]+)(?:\(\))?`/g)].map(([, name = ""]) => name);
  return [...new Set(words.filter((name) => /^[a-z]+[A-Z]|^[A-Z]+(_[A-Z]+)+$/.test(name)))];
}

describe("docs/protocol.md", () => {
  test("names nothing that the code does not have", () => {
    const names = namesIn("docs/protocol.md");
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !new RegExp(String.raw`\b${name}\b`).test(source))).toEqual([]);
  });

  test("names every step of rotate.ts, finish.ts and resolve.ts", () => {
    const steps = ["rotate", "finish", "resolve"].flatMap((file) => {
      const text = readFileSync(join(root, `src/rotation/${file}.ts`), "utf8");
      return [...text.matchAll(/^export async function (\w+)/gm)].map(([, name = ""]) => name);
    });
    expect(steps.filter((name) => !readPage("docs/protocol.md").includes(`\`${name}\``))).toEqual([]);
  });
});

describe("docs/threat-model.md", () => {
  test("names only tests and workflows that are there", () => {
    const named = [...readPage("docs/threat-model.md").matchAll(/`([\w./-]+\.(?:test\.ts|yml))`/g)].map(
      ([, file = ""]) => file,
    );
    const missing = named.filter((file) => !existsSync(join(root, "__tests__", file)) && !existsSync(join(root, file)));
    expect(named.length).toBeGreaterThan(10);
    expect(missing).toEqual([]);
  });
});

describe("CONTRIBUTING.md", () => {
  test("names only paths that are there", () => {
    const named = [...readPage("CONTRIBUTING.md").matchAll(/`((?:src|sandbox|__tests__|docs)\/[\w./-]*)`/g)].map(
      ([, path = ""]) => path,
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
