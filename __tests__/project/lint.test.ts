import { brokenRules } from "../support/broken-rules";

const statements = (count: number): string => "  void 0;\n".repeat(count);

const FIVE = "export const f = (a: 1, b: 1, c: 1, d: 1, e: 1): number => a + b + c + d + e;\n";
const FOUR = "export const f = (a: 1, b: 1, c: 1, d: 1): number => a + b + c + d;\n";

describe("a rule bites, and not too early:", () => {
  test.each<[rule: string, file: string, bad: string, good: string]>([
    [
      "max-lines-per-function",
      "src/rotation/rotate.ts",
      `export function f(): void {\n${statements(69)}}\n`,
      `export function f(): void {\n  // why\n\n${statements(68)}}\n`,
    ],
    ["max-lines-per-function", "sandbox/stage.ts", `const f = (): void => {\n${statements(69)}};\nf();\n`, "void 0;\n"],
    ["max-params", "src/rotation/rotate.ts", FIVE, FOUR],
    ["max-params", "sandbox/stage.ts", FIVE, FOUR],
    ["no-console", "src/main.ts", "console.log(1);\n", "process.stdout.write('1');\n"],
    ["eqeqeq", "src/main.ts", "export const is = Math.PI == 3;\n", "export const is = Math.PI === 3;\n"],
    [
      "@typescript-eslint/consistent-type-imports",
      "src/main.ts",
      'import { Outcome } from "./rotation/outcome";\nexport type One = Outcome;\n',
      'import type { Outcome } from "./rotation/outcome";\nexport type One = Outcome;\n',
    ],
    [
      "@typescript-eslint/explicit-module-boundary-types",
      "src/main.ts",
      "export function f() {\n  return 1;\n}\n",
      "export function f(): number {\n  return 1;\n}\n",
    ],
    ["@typescript-eslint/no-explicit-any", "src/main.ts", "export type One = any;\n", "export type One = unknown;\n"],
    [
      "@typescript-eslint/consistent-type-assertions",
      "src/main.ts",
      "export const one = Math.PI as unknown;\n",
      "export const one = [Math.PI] as const;\n",
    ],
    ["@typescript-eslint/ban-ts-comment", "src/main.ts", "// @ts-expect-error for some reason\nvoid 0;\n", "void 0;\n"],
    ["no-warning-comments", "src/main.ts", "// This is a TODO.\nvoid 0;\n", "// This is done.\nvoid 0;\n"],
    ["import-x/no-cycle", "harness/workflow/file.ts", 'export * from "./index";\n', 'export type * from "./types";\n'],
    [
      "jest/expect-expect",
      "__tests__/inputs.test.ts",
      'test("a", () => {\n  String(1);\n});\n',
      'test("a", () => {\n  expectAll(1);\n});\n',
    ],
    [
      "jest/no-conditional-expect",
      "__tests__/inputs.test.ts",
      'test("a", () => {\n  if (Math.PI > 3) expect(1).toBe(1);\n  expect(1).toBe(1);\n});\n',
      'test("a", () => {\n  expect(1).toBe(1);\n});\n',
    ],
    ["jest/no-disabled-tests", "__tests__/inputs.test.ts", 'test.skip("a", () => expect(1).toBe(1));\n', ""],
    ["jest/no-focused-tests", "__tests__/inputs.test.ts", 'test.only("a", () => expect(1).toBe(1));\n', ""],
  ])("%s in %s", async (rule, file, bad, good) => {
    expect((await brokenRules(file, bad)).map((broken) => broken.rule)).toEqual([rule]);
    expect(await brokenRules(file, good)).toEqual([]);
  });

  test("in what ships, and cannot be switched off there", async () => {
    const broken = await brokenRules("src/main.ts", "/* eslint-disable no-console */\nconsole.log(1);\n");
    expect(broken.map(({ rule }) => rule)).toContain("no-console");
  });
});
