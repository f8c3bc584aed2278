import { appendFileSync } from "node:fs";

/** Adds a test run's totals to a file, one line of `passed failed`, so that several runs can be added up. */
export default class TotalsReporter {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
    const file = process.env.TOTALS_FILE;
    if (file !== undefined) appendFileSync(file, `${numPassedTests} ${numFailedTests + numRuntimeErrorTestSuites}\n`);
  }
}
