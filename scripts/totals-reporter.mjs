import { appendFileSync } from "node:fs";

/** How a test is named that says what this machine lacks: see harness/tools.ts. */
const NOT_RUN = /^NOT RUN HERE/;

/**
 * Names what was not run on this machine, and adds a test run's totals to a file, one line of `passed failed skipped`, so
 * that several runs can be added up.
 */
export default class TotalsReporter {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, testResults }) {
    const notRun = testResults
      .flatMap(({ testResults: tests }) => tests)
      .filter(({ title, status }) => NOT_RUN.test(title) && status === "passed");
    for (const { fullName } of notRun) process.stderr.write(`${fullName}\n`);
    const file = process.env.TOTALS_FILE;
    if (file === undefined) return;
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    appendFileSync(file, `${numPassedTests - notRun.length} ${failed} ${notRun.length}\n`);
  }
}
