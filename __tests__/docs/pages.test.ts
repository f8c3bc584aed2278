import { existsSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, normalize, relative } from "node:path";
import { EXAMPLES } from "../../sandbox/fault-results";
import { faults } from "../../sandbox/faults";
import { lint, readText, workflowFiles } from "../../harness/workflow-files";
import { anchors, blocks, pages, readPage, relativeLinks, root } from "./markdown";

const all = pages();

test("the pages that a reader looks for are there", () => {
  const docs = [
    "background-steps",
    "hosting",
    "how-it-works",
    "live-check",
    "performance",
    "protocol",
    "recovery",
    "sandbox",
    "testing",
    "threat-model",
    "where-secrets-are-read",
  ];
  const expected = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    ...docs.map((name) => `docs/${name}.md`),
  ];
  expect(expected.filter((page) => !all.includes(page))).toEqual([]);
});

describe.each(all)("%s", (page) => {
  const text = readPage(page);

  test("has no dead link into the repository", () => {
    const dead = relativeLinks(text).filter((target) => !leadsSomewhere(page, target));
    expect(dead).toEqual([]);
  });

  test("has no dead picture", () => {
    const shown = [...text.matchAll(/\b(?:src|srcset)="([^"]+)"/g)].map(([, target = ""]) => target);
    expect(shown.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
  });

  test("has one command in a block, since the copy button copies all of it", () => {
    const commands = blocks(text, "sh").map((block) => block.trim());
    expect(commands.filter((command) => command.includes("\n"))).toEqual([]);
  });

  test("shows only commands that exist", () => {
    const known: unknown = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const scripts = typeof known === "object" && known !== null && "scripts" in known ? known.scripts : {};
    const shown = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = ""]) => name);
    expect(shown.filter((name) => !(name in Object(scripts)))).toEqual([]);
    expect(
      [...text.matchAll(/npm (?!run |start|cit|ci\b|test|install|passes)(\w+)/g)].map(([command]) => command),
    ).toEqual([]);
  });

  test("names only faults that can be played", () => {
    const named = [...text.matchAll(/--fault ([\w-]+)/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => name !== "NAME" && !faults.has(name))).toEqual([]);
    const results = [...text.matchAll(/--result ([\w-]+)/g)].map(([, name = ""]) => name);
    expect(results.filter((name) => !(name in EXAMPLES))).toEqual([]);
  });

  test("sets no other secret or variable than the examples read", () => {
    const commands = blocks(text, "sh").join("\n");
    const set = [...commands.matchAll(/gh (?:secret|variable) set (\w+)/g)].map(([, name = ""]) => name);
    const examples = workflowFiles("examples").map(readText).join("\n");
    expect(set.filter((name) => !new RegExp(String.raw`(secrets|vars)\.${name}\b`).test(examples))).toEqual([]);
  });
});

test("the pages show only workflows that please both linters", async () => {
  const workflows = all.flatMap((page) => blocks(readPage(page), "yaml").filter((block) => /^on:/m.test(block)));
  expect(workflows).not.toEqual([]);
  const folder = await mkdtemp(join(tmpdir(), "workflow-"));
  const paths = workflows.map((_, index) => relative(root, join(folder, `${index}.yml`)));
  await Promise.all(workflows.map((block, index) => writeFile(join(root, paths[index] ?? ""), block)));
  const found = await lint(paths);
  await rm(folder, { recursive: true });
  expect(Object.values(found).flat()).toEqual([]);
});

/** A file or folder that is there, and in it the heading. */
function leadsSomewhere(page: string, target: string): boolean {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(root, file))) return false;
  return anchor === undefined || statSync(join(root, file)).isDirectory() || anchors(readPage(file)).has(anchor);
}
