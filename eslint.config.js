import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import jest from "eslint-plugin-jest";
import tseslint from "typescript-eslint";

/** Ours that stand above every room: they put the rooms together. */
const ABOVE = ["main", "run-main", "run-post", "session"];

/**
 * The direction of the imports is the architecture: index → main → report, adapters → rotation → net, text.
 * A room may not import what stands in its list.
 */
const forbid = (files, groups, reason, ...more) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns: [{ group: groups, message: reason }, ...more] }] },
});

const rooms = (...names) => names.map((name) => `**/${name}/**`);
const above = ABOVE.map((name) => `**/${name}`);

const NO_IO = [
  ...["@actions/*", "node:*", "libsodium*", "undici"],
  ...rooms("snaptrade", "github", "runner", "report", "inputs", "net", "sandbox"),
  ...above,
];
const NO_IO_REASON = "The protocol knows no I/O, no adapter and no words: say what it needs in rotation/ports.ts.";

/** The floors of the protocol, the lowest first. A file knows only what is below its own floor. */
const FLOORS = [
  ["model"],
  ["belief", "outcome"],
  ["notices", "refusal"],
  ["ports"],
  ["stop", "waiting"],
  ["asking", "commands", "persist"],
  ["oracle"],
  ["context"],
  ["candidates", "given", "resolve", "survey"],
  ["allowance", "canary", "fence", "hiding", "rehearse", "verify"],
  ["prepare", "save"],
  ["prove"],
  ["complete", "understand"],
  ["conclude"],
  ["copy", "finish", "leave"],
  ["rotate"],
];

for (const file of readdirSync(join(import.meta.dirname, "src/rotation"))) {
  if (!FLOORS.flat().includes(file.replace(/\.ts$/, "")))
    throw new Error(`${file} is on no floor of the protocol: see FLOORS.`);
}

const floors = FLOORS.map((names, floor) => {
  const notBelow = FLOORS.slice(floor).flat().join("|");
  return forbid(
    names.map((name) => `src/rotation/${name}.ts`),
    NO_IO,
    NO_IO_REASON,
    { regex: `^\\./(${notBelow})$`, message: "It is not below this floor of the protocol: see FLOORS." },
  );
});

const ADAPTER = "An adapter knows the protocol and its own service, never another adapter, and no words.";

export default tseslint.config(
  { ignores: [".judges/", "dist/", "coverage/", "node_modules/"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["*.js", "*.mjs", "scripts/*.mjs", "harness/*.mjs"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-unnecessary-condition": [
        "error",
        { allowConstantLoopConditions: "only-allowed-literals" },
      ],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // It takes a tenth of the time, and the compiler allows no enum: erasableSyntaxOnly.
      "@typescript-eslint/no-unsafe-enum-assignment": "off",
      eqeqeq: "error",
      "no-console": "error",
    },
  },
  // What ships has no escape from the compiler or from these rules, and no forgotten work.
  {
    files: ["src/**"],
    linterOptions: { noInlineConfig: true },
    rules: {
      "@typescript-eslint/ban-ts-comment": ["error", { "ts-expect-error": true }],
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
      "no-warning-comments": ["error", { location: "anywhere" }],
    },
  },
  {
    files: ["**/*.ts"],
    plugins: { "import-x": importX },
    settings: {
      "import-x/extensions": [".ts"],
      "import-x/parsers": { "@typescript-eslint/parser": [".ts"] },
      "import-x/resolver-next": [createNodeResolver({ extensions: [".ts"] })],
    },
    // Of values. A circle of types is found by __tests__/project/arrows.test.ts.
    rules: { "import-x/no-cycle": ["error", { ignoreExternal: true }] },
  },
  {
    files: ["__tests__/**/*.test.ts"],
    extends: [jest.configs["flat/recommended"]],
    rules: {
      "jest/expect-expect": ["error", { assertFunctionNames: ["expect*", "fc.assert", "refuses"] }],
      "jest/valid-title": ["error", { ignoreTypeOfTestName: true }],
    },
  },
  {
    files: ["src/**", "sandbox/**", "harness/**", "proof/**", "bench/**"],
    rules: {
      "max-lines-per-function": ["error", { max: 70, skipBlankLines: true, skipComments: true }],
      "max-params": ["error", 4],
    },
  },
  forbid(["src/rotation/**"], NO_IO, NO_IO_REASON),
  ...floors,
  forbid(
    ["src/report/**"],
    ["@actions/github", ...rooms("snaptrade", "github", "runner", "inputs", "net", "sandbox"), ...above],
    "What a person reads is made of results and notices.",
    {
      regex: "/rotation/(?!(model|outcome|notices|ports)$)",
      message: "Words know the data of the protocol, not its steps.",
    },
  ),
  forbid(
    ["src/snaptrade/**"],
    ["@actions/*", ...rooms("github", "runner", "report", "inputs", "sandbox"), ...above],
    ADAPTER,
  ),
  forbid(
    ["src/github/**"],
    ["@actions/core", "@actions/github", ...rooms("snaptrade", "runner", "report", "inputs", "sandbox"), ...above],
    ADAPTER,
  ),
  // The one door to octokit, so that everything else of the adapter runs without it.
  forbid(
    ["src/github/octokit.ts"],
    ["@actions/core", ...rooms("snaptrade", "runner", "report", "inputs", "sandbox"), ...above],
    ADAPTER,
  ),
  forbid(["src/runner/**"], ["@actions/*", ...rooms("snaptrade", "github", "report", "sandbox"), ...above], ADAPTER),
  forbid(
    ["src/inputs/**"],
    ["@actions/*", ...rooms("snaptrade", "runner", "report", "sandbox"), ...above],
    "What was given is read before anything is asked or said.",
  ),
  forbid(
    ["src/net/**", "src/text/**"],
    ["@actions/*", ...rooms("snaptrade", "github", "runner", "report", "inputs", "rotation", "sandbox"), ...above],
    "Texts, and the way to the network, are below everything and know nobody.",
  ),
  forbid(
    ["src/*.ts"],
    ["@actions/*", "**/sandbox/**"],
    "Only report/ speaks to the runner's toolkit, only github/ to GitHub.",
  ),
  forbid(
    ["sandbox/**"],
    ["**/src/*", "**/src/**", "**/harness/*", "**/harness/**"],
    "The stand-ins judge the action, so they share no line with it, and what tests need beside them is not shipped.",
  ),
  forbid(
    ["harness/**"],
    ["**/__tests__/**", "**/proof/**", "**/bench/**"],
    "What tests, proof and bench share knows none of them.",
  ),
  forbid(["proof/**"], ["**/__tests__/**", "**/bench/**"], "What proof shares with others is in harness/."),
  forbid(["bench/**"], ["**/__tests__/**", "**/proof/**"], "What bench shares with others is in harness/."),
  {
    ...forbid(["__tests__/**"], ["**/proof/**", "**/bench/**"], "What tests share with others is in harness/."),
    // These are about proof and bench.
    ignores: ["__tests__/proof/**", "__tests__/bench/**"],
  },
  {
    files: ["**/*.js", "**/*.mjs"],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { "@typescript-eslint/explicit-module-boundary-types": "off" },
  },
);
