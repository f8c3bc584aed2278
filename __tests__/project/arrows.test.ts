import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brokenRule } from "../support/broken-rules";

const root = join(import.meta.dirname, "../..");

const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  "src/rotation/rotate.ts": [
    ...["@actions/core", "@actions/github", "node:fs", "node:crypto", "undici", "libsodium-wrappers"],
    ...["../snaptrade/wire", "../github/client", "../runner/journal", "../net/proxy", "../report/words"],
    ...["../inputs/inputs", "../inputs/save-to", "../main", "../../sandbox/stage"],
  ],
  "src/rotation/model.ts": ["./outcome", "./ports", "./rotate"],
  "src/rotation/outcome.ts": ["./notices", "./prove", "../report/words"],
  "src/rotation/ports.ts": ["./oracle"],
  "src/rotation/oracle.ts": ["./context", "./canary"],
  "src/rotation/save.ts": ["./prepare", "./prove", "./rotate"],
  "src/report/words.ts": ["../rotation/save", "../github/client", "../runner/journal", "../inputs/inputs", "../main"],
  "src/snaptrade/wire.ts": [
    ...["@actions/core", "../github/client", "../runner/journal", "../report/words"],
    ...["../inputs/inputs", "../main", "../../sandbox/stage"],
  ],
  "src/github/client.ts": [
    ...["@actions/core", "@actions/github", "../snaptrade/wire", "../runner/journal", "../report/words"],
    ...["../inputs/inputs", "../inputs/save-to", "../main"],
  ],
  "src/runner/journal.ts": [
    ...["@actions/core", "@actions/github", "../snaptrade/wire", "../github/client", "../report/words", "../main"],
  ],
  "src/inputs/save-to.ts": ["../snaptrade/wire", "../runner/journal", "../report/words", "../main"],
  "src/net/connect.ts": [
    ...[
      "../rotation/ports",
      "../snaptrade/wire",
      "../github/client",
      "../runner/journal",
      "../inputs/inputs",
      "../main",
    ],
  ],
  "src/text/secret.ts": ["../rotation/model", "../report/words"],
  "src/main.ts": ["@actions/core", "../sandbox/stage"],
  "src/inputs/inputs.ts": ["@actions/core"],
  "sandbox/stage.ts": ["../src/main", "../harness/play"],
  "sandbox/github/index.ts": ["../../src/github/client"],
  "harness/play.ts": ["../__tests__/support/world", "../proof/share"],
  "proof/prove.ts": ["../bench/run"],
  "proof/bundle/play.ts": ["../../__tests__/support/world"],
  "bench/run.ts": ["../proof/share"],
  "__tests__/bundle/kill.test.ts": ["../../proof/share"],
};

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  "src/rotation/rotate.ts": ["./ports", "./save", "../text/secret"],
  "src/rotation/outcome.ts": ["./model"],
  "src/report/words.ts": ["../rotation/outcome", "../text/printable"],
  "src/report/delivery.ts": ["@actions/core"],
  "src/snaptrade/wire.ts": ["node:http", "../net/connect", "../rotation/ports"],
  "src/github/client.ts": ["undici", "../rotation/ports"],
  "src/github/octokit.ts": ["@actions/github"],
  "src/github/connection.ts": ["../net/connect"],
  "src/inputs/save-to.ts": ["../github/places", "../text/printable"],
  "src/main.ts": ["./snaptrade/issuer", "./rotation/rotate", "./report/report"],
  "src/index.ts": ["./main"],
  "sandbox/stage.ts": ["./github"],
};

const brokenArrows = brokenRule("no-restricted-imports");

/** How often ESLint reports each import of a file that imports them all, for itself and for what it passes on. */
async function reported(file: string, froms: readonly string[]): Promise<readonly number[]> {
  const text = froms.map((from) => `import "${from}"; export * from "${from}";\n`).join("");
  const broken = await brokenArrows(file, text);
  return froms.map((_, index) => broken.filter(({ line }) => line === index + 1).length);
}

test.each(Object.entries(FORBIDDEN))(
  "ESLint reports every arrow that points the wrong way from %s",
  async (...arrows) => {
    const [, froms] = arrows;
    const counts = await reported(...arrows);
    expect(froms.filter((_, index) => counts[index] !== 2)).toEqual([]);
  },
);

test.each(Object.entries(ALLOWED))("ESLint reports no arrow that points the right way from %s", async (...arrows) => {
  const [, froms] = arrows;
  const counts = await reported(...arrows);
  expect(froms.filter((_, index) => counts[index] !== 0)).toEqual([]);
});

/** Which of our files each file imports, for values or for types. */
function imports(): ReadonlyMap<string, readonly string[]> {
  const listing = ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts"];
  const files = execFileSync("git", listing, { cwd: root, encoding: "utf8" }).split("\n").slice(0, -1);
  const known = new Set(files);
  const importsOf = (file: string): readonly string[] =>
    [...readFileSync(join(root, file), "utf8").matchAll(/\b(?:from|import)\s*\(?"(\.[^"]+)"/g)].flatMap(
      ([, from = ""]) => {
        const path = join(dirname(file), from);
        return [`${path}.ts`, `${path}/index.ts`].filter((one) => known.has(one));
      },
    );
  return new Map(files.map((file) => [file, importsOf(file)]));
}

/** The files of circles, and those that lead to one. */
function circlesIn(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  // What imports nothing that is left cannot be part of a circle.
  const left = new Map(graph);
  const isOutside = (froms: readonly string[]): boolean => !froms.some((from) => left.has(from));
  for (let before = -1; before !== left.size;) {
    before = left.size;
    for (const [file, froms] of left) if (isOutside(froms)) left.delete(file);
  }
  return [...left.keys()];
}

test("no file imports itself by way of others, not even its types", () => {
  const graph = imports();
  expect(graph.get("src/index.ts")).toEqual(["src/main.ts"]);
  expect(circlesIn(graph)).toEqual([]);
});

test("one import that points back from below is found", () => {
  const withOneBack = new Map([...imports(), ["src/text/secret.ts", ["src/rotation/ports.ts"]]]);
  expect(circlesIn(withOneBack)).toEqual(expect.arrayContaining(["src/text/secret.ts", "src/rotation/ports.ts"]));
});
