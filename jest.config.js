const isQuick = (process.env.PROOF ?? "") === "";

/** What has nothing quick in it. */
const SLOW = ["/proof/bundle-system-calls\\.", "/bundle/many-users\\.", "/judges/"];

/** Types are checked by `npm run typecheck`; here the TypeScript is only stripped, and stays the ES modules that ship. */
export default {
  roots: ["<rootDir>/__tests__"],
  testMatch: ["**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", ...(isQuick ? SLOW : [])],
  extensionsToTreatAsEsm: [".ts"],
  transform: { "^.+\\.ts$": "<rootDir>/scripts/strip-types.mjs" },
  testSequencer: "<rootDir>/scripts/longest-first.mjs",
  reporters: ["default", "<rootDir>/scripts/totals-reporter.mjs"],
  // Most of a play is waiting, so two cores have work for more workers than two; those of the large share wait less.
  maxWorkers: isQuick ? 8 : 6,
  testTimeout: 60_000,
};
