import jest from "eslint-plugin-jest";
import tseslint from "typescript-eslint";

/**
 * The direction of the imports is the architecture: index → main → rotation ← adapters.
 * A room may import what stands in its list and nothing else of ours.
 */
const forbid = (files, groups, reason) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns: [{ group: groups, message: reason }] }] },
});

export default tseslint.config(
  { ignores: ["dist/", "coverage/", "node_modules/"] },
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
      eqeqeq: "error",
      "no-console": "error",
    },
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
    files: ["src/**", "sandbox/**"],
    rules: { "max-lines-per-function": ["error", { max: 70, skipBlankLines: true, skipComments: true }] },
  },
  forbid(
    ["src/rotation/**"],
    [
      "@actions/*",
      "node:*",
      "libsodium*",
      "undici",
      "**/snaptrade/*",
      "**/github/*",
      "**/runner/*",
      "**/net/*",
      "**/inputs/*",
      "**/main",
      "**/sandbox/*",
    ],
    "The protocol knows no I/O and no adapter: say what it needs in rotation/ports.ts.",
  ),
  forbid(
    ["src/snaptrade/**"],
    ["@actions/*", "**/github/*", "**/runner/*", "**/inputs/*", "**/main", "**/sandbox/*"],
    "An adapter knows the protocol and its own service, never another adapter.",
  ),
  forbid(
    ["src/github/**"],
    ["@actions/core", "@actions/github", "**/snaptrade/*", "**/runner/*", "**/inputs/*", "**/main", "**/sandbox/*"],
    "An adapter knows the protocol and its own service, never another adapter.",
  ),
  // The one door to octokit, so that everything else of the adapter runs without it.
  forbid(
    ["src/github/octokit.ts"],
    ["@actions/core", "**/snaptrade/*", "**/runner/*", "**/inputs/*", "**/main", "**/sandbox/*"],
    "An adapter knows the protocol and its own service, never another adapter.",
  ),
  forbid(
    ["src/runner/**"],
    ["@actions/github", "**/snaptrade/*", "**/github/*", "**/main", "**/sandbox/*"],
    "An adapter knows the protocol and its own service, never another adapter.",
  ),
  forbid(
    ["src/net/**"],
    [
      "@actions/*",
      "**/snaptrade/*",
      "**/github/*",
      "**/runner/*",
      "**/rotation/*",
      "**/inputs/*",
      "**/main",
      "**/sandbox/*",
    ],
    "The way to the network is below everything and knows nobody.",
  ),
  forbid(
    ["src/inputs/**", "src/*.ts"],
    ["@actions/*", "**/sandbox/*"],
    "Only runner/ speaks to the runner, only github/ to GitHub.",
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
