import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parsed } from "../support/json";

const root = join(import.meta.dirname, "../..");

/** ESLint is an ES module, so it runs in a process of its own: each small text as if it stood in that file. */
const LINT = `
import { loadESLint } from "eslint";
const ESLint = await loadESLint({ useFlatConfig: true });
const off = { languageOptions: { parserOptions: { projectService: false, project: null, program: null } } };
const { default: tseslint } = await import("typescript-eslint");
const eslint = new ESLint({ overrideConfig: [tseslint.configs.disableTypeChecked, off] });
const cases = JSON.parse(process.argv[1]);
const verdicts = [];
for (const [filePath, from] of cases) {
  const [{ messages }] = await eslint.lintText('import "' + from + '";\\nexport * from "' + from + '";\\n', { filePath });
  const fatal = messages.find((message) => message.fatal);
  if (fatal) throw new Error(filePath + ": " + fatal.message);
  verdicts.push(messages.filter((message) => message.ruleId === "no-restricted-imports").length === 2);
}
process.stdout.write(JSON.stringify(verdicts));
`;

const FORBIDDEN: readonly (readonly [string, string])[] = [
  ...["@actions/core", "@actions/github", "node:fs", "node:crypto", "undici", "libsodium-wrappers"].map(
    (from) => ["src/rotation/rotate.ts", from] as const,
  ),
  ...[
    "../snaptrade/wire",
    "../github/client",
    "../runner/journal",
    "../net/proxy",
    "../inputs/inputs",
    "../main",
    "../../sandbox/stage",
  ].map((from) => ["src/rotation/rotate.ts", from] as const),
  ...[
    "@actions/core",
    "../github/client",
    "../runner/journal",
    "../inputs/inputs",
    "../main",
    "../../sandbox/stage",
  ].map((from) => ["src/snaptrade/wire.ts", from] as const),
  ...["@actions/core", "@actions/github", "../snaptrade/wire", "../runner/journal", "../inputs/inputs", "../main"].map(
    (from) => ["src/github/client.ts", from] as const,
  ),
  ...["@actions/github", "../snaptrade/wire", "../github/client", "../main"].map(
    (from) => ["src/runner/journal.ts", from] as const,
  ),
  ...[
    "../rotation/ports",
    "../snaptrade/wire",
    "../github/client",
    "../runner/journal",
    "../inputs/inputs",
    "../main",
  ].map((from) => ["src/net/connect.ts", from] as const),
  ["src/main.ts", "@actions/core"],
  ["src/main.ts", "../sandbox/stage"],
  ["src/inputs/inputs.ts", "@actions/core"],
  ["sandbox/stage.ts", "../src/main"],
  ["sandbox/github/index.ts", "../../src/github/client"],
  ["sandbox/stage.ts", "../harness/play"],
  ["harness/play.ts", "../__tests__/support/world"],
  ["harness/play.ts", "../proof/share"],
  ["proof/prove.ts", "../bench/run"],
  ["proof/bundle/play.ts", "../../__tests__/support/world"],
  ["bench/run.ts", "../proof/share"],
  ["__tests__/bundle/kill.test.ts", "../../proof/share"],
];

const ALLOWED: readonly (readonly [string, string])[] = [
  ["src/rotation/rotate.ts", "./ports"],
  ["src/snaptrade/wire.ts", "node:http"],
  ["src/snaptrade/wire.ts", "../net/connect"],
  ["src/snaptrade/wire.ts", "../rotation/ports"],
  ["src/github/client.ts", "undici"],
  ["src/github/octokit.ts", "@actions/github"],
  ["src/github/connection.ts", "../net/connect"],
  ["src/github/client.ts", "../rotation/ports"],
  ["src/runner/delivery.ts", "@actions/core"],
  ["src/main.ts", "./snaptrade/issuer"],
  ["src/main.ts", "./rotation/rotate"],
  ["src/index.ts", "./main"],
  ["sandbox/stage.ts", "./github"],
];

test("ESLint reports every arrow that points the wrong way, and none that does not", () => {
  const cases = [...FORBIDDEN, ...ALLOWED];
  const run = spawnSync(process.execPath, ["--input-type=module", "-e", LINT, JSON.stringify(cases)], {
    cwd: root,
    encoding: "utf8",
  });
  expect(run.stderr).toBe("");
  const verdicts = parsed<readonly boolean[]>(run.stdout);
  const told = cases.map(([file, from], index) => `${file} ← ${from}: ${String(verdicts[index])}`);
  expect(told).toEqual(cases.map(([file, from], index) => `${file} ← ${from}: ${String(index < FORBIDDEN.length)}`));
}, 120_000);
