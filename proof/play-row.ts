import type { Row, RowReport, Setting } from "./bundle/row";

const VIOLATIONS_SHOWN_MAX = 20;

/** Plays a row, and tells on standard error that it begins and how it went. A row that cannot be played counts as failed. */
export async function playRow(row: Row, setting: Setting): Promise<RowReport> {
  const start = performance.now();
  note(`… ${row.name}`);
  const isTty = process.stderr.isTTY;
  const onPlayed = (played: number): boolean => isTty && process.stderr.write(`\r${played} `);
  const report = await row.run({ ...setting, onPlayed }).catch((error: unknown): RowReport => {
    const refused = error instanceof Error ? error.message : String(error);
    return { name: row.name, played: 0, ms: performance.now() - start, violations: [], results: {}, refused };
  });
  const { played, ms, results, violations, notes = [], refused = "" } = report;
  note(`${row.name}: ${played} in ${(ms / 1000).toFixed(0)} s ${JSON.stringify(results)} ${refused}`);
  for (const line of notes) note(`  ${line}`);
  for (const { of, says } of violations.slice(0, VIOLATIONS_SHOWN_MAX)) note(`  ${of}: ${says}`);
  return report;
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}
