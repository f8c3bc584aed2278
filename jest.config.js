/** Types are checked by `npm run check`; here the TypeScript is only stripped, to plain CommonJS. */
export default {
  roots: ["<rootDir>/__tests__"],
  testMatch: ["**/*.test.ts"],
  transform: {
    "^.+\\.ts$": [
      "ts-jest",
      {
        diagnostics: false,
        tsconfig: {
          module: "commonjs",
          moduleResolution: "bundler",
          target: "es2023",
          verbatimModuleSyntax: false,
          isolatedModules: true,
          esModuleInterop: true,
          ignoreDeprecations: "6.0",
        },
      },
    ],
  },
  reporters: ["default", "<rootDir>/scripts/totals-reporter.mjs"],
  // Most of a play is waiting, so a third worker finds the two cores of CI idle often enough.
  maxWorkers: 3,
  testTimeout: 60_000,
};
