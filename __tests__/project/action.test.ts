import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { parsed } from "../support/json";

const root = join(import.meta.dirname, "../..");

interface Field {
  readonly description: string;
  readonly required?: boolean;
  readonly default?: string;
}

interface Action {
  readonly name: string;
  readonly inputs: Readonly<Record<string, Field>>;
  readonly outputs: Readonly<Record<string, Field>>;
  readonly runs: Readonly<Record<string, string>>;
  readonly branding: Readonly<Record<string, string>>;
}

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

const action = parsed<Action>(read("action.yml"), parse);

/** The public face: name, whether required, default. */
const INPUTS = [
  ["mode", false, "rotate"],
  ["client-id", true, undefined],
  ["consumer-key", true, undefined],
  ["user-id", true, undefined],
  ["user-secret", true, undefined],
  ["save-to", false, undefined],
  ["github-token", false, undefined],
  ["confirm-user-id", false, undefined],
  ["recovery-command", false, undefined],
  ["create", false, "false"],
  ["canary", false, "true"],
  ["min-age", false, undefined],
  ["export-env", false, undefined],
  ["recovery-recipient", false, undefined],
  ["reset-timeout", false, "90s"],
  ["save-timeout", false, "10m"],
  ["settle-time", false, "90s"],
  ["snaptrade-api-url", false, "https://api.snaptrade.com"],
];

describe("action.yml", () => {
  test("has the inputs of the contract, in its order, with its defaults", () => {
    const ours = Object.entries(action.inputs).map(([name, field]) => [name, field.required ?? false, field.default]);
    expect(ours).toEqual(INPUTS);
  });

  test("has the outputs of the contract", () => {
    expect(Object.keys(action.outputs)).toEqual(["result", "rotated", "rotated-at", "at-risk-ms"]);
  });

  test("runs on node24, main and post, and both files are there", () => {
    expect(action.name).toBe("Rotate SnapTrade user secret");
    expect(action.runs).toEqual({ using: "node24", main: "dist/index.js", post: "dist/post.js" });
    for (const file of ["dist/index.js", "dist/post.js"]) expect(existsSync(join(root, file))).toBe(true);
    expect(Object.keys(action.branding)).toEqual(["icon", "color"]);
  });

  test("describes everything in full sentences", () => {
    for (const { description } of [...Object.values(action.inputs), ...Object.values(action.outputs)]) {
      expect(description).toMatch(/^[A-Z].*\.$/s);
    }
  });

  test("names every input that is read, and every input that it names is read", () => {
    const source = read("src/inputs/inputs.ts");
    const calls = /\b(?:input|unlessGiven|required|flag|wait|optionalDuration|duration)\(env, "([a-z-]+)"/g;
    const indirect = /const name = "([a-z-]+)"/g;
    const used = new Set([...source.matchAll(calls), ...source.matchAll(indirect)].map((match) => match[1]));
    expect([...used].toSorted()).toEqual(Object.keys(action.inputs).toSorted());
  });

  test("has the defaults that the source falls back on", () => {
    const source = read("src/inputs/inputs.ts");
    const found = [...source.matchAll(/\(env, "([a-z-]+)", (?:"([^"]+)"|(true|false))\)/g)];
    const defaults = found.map(([, name, text, flag]) => [name, text ?? flag]);
    expect(defaults.length).toBeGreaterThanOrEqual(5);
    for (const [name, value] of defaults) expect([name, action.inputs[name ?? ""]?.default]).toEqual([name, value]);
  });

  test("is accepted by the language service that editors use", () => {
    // The language service was built for a bundler: it imports JSON as Node does not.
    const hook = `
      import { readFile } from "node:fs/promises";
      export const load = async (url, context, next) =>
        url.endsWith(".json")
          ? { format: "module", shortCircuit: true, source: "export default " + (await readFile(new URL(url), "utf8")) }
          : next(url, context);`;
    const script = `
      const { register } = await import("node:module");
      register("data:text/javascript," + encodeURIComponent(process.argv[2]));
      const { validateAction } = await import("@actions/languageservice/validate-action");
      const { TextDocument } = await import("vscode-languageserver-textdocument");
      const { readFileSync } = await import("node:fs");
      const text = process.argv[1] === "broken" ? "name: 1\\nrunz: {}\\n" : readFileSync("action.yml", "utf8");
      const found = await validateAction(TextDocument.create("file:///action.yml", "yaml", 1, text));
      process.stdout.write(JSON.stringify(found.map(({ message }) => message)));`;
    const judge = (which: string): unknown => {
      const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script, which, hook], {
        cwd: root,
        encoding: "utf8",
      });
      if (stdout === "") throw new Error(stderr);
      return JSON.parse(stdout);
    };
    expect(judge("sound")).toEqual([]);
    expect(judge("broken")).not.toEqual([]);
  }, 60_000);
});
