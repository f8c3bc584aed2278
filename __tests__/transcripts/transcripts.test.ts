import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RESULTS } from "../../src/rotation/outcome";
import { withPlayed } from "../../harness/play";
import { removeAuthority } from "../../harness/circumstances";
import { judge } from "../../harness/judge";
import { FAULT_ALLOWANCES } from "../../harness/tables/fault-table";
import { type KeptPlay, PLAYS } from "./plays";
import { transcriptOf } from "./transcript";

const END = ".txt";
const names = Object.keys(PLAYS);

afterAll(removeAuthority);

/** Whether Jest was started with `--updateSnapshot`; it says so where those look who keep snapshots of their own. */
function isRenewing(): boolean {
  const state: unknown = expect.getState()["snapshotState"];
  return typeof state === "object" && state !== null && "_updateSnapshot" in state && state._updateSnapshot === "all";
}

function fileOf(name: string): string {
  return join(import.meta.dirname, name + END);
}

/** The transcript of a play, and what no run may do. */
async function played(
  name: string,
  { says, play }: KeptPlay,
): Promise<{ text: string; violations: readonly string[] }> {
  let mainEndedAt = Infinity;
  const prepare: typeof play.prepare = async (stage, later) => {
    const changes = await play.prepare?.(stage, later);
    return {
      ...changes,
      beforePost: async (between) => {
        mainEndedAt = performance.now();
        await changes?.beforePost?.(between);
      },
    };
  };
  return await withPlayed({ ...play, prepare }, async (told) => {
    // Before the judge, which asks the services as well.
    const text = transcriptOf(`${name}: ${says}`, told, mainEndedAt);
    return { text, violations: await judge(told.stage, told.run, FAULT_ALLOWANCES[name]) };
  });
}

test.concurrent.each(Object.entries(PLAYS))(
  "%s: what the world sees is what is kept",
  async (name, play) => {
    const kept = existsSync(fileOf(name)) ? readFileSync(fileOf(name), "utf8") : "";
    const first = await played(name, play);
    // As in harness/expect-row.ts: what the action prints because of its own clock a busy machine may bring about once.
    const isForgiven = first.violations.length === 0 && first.text !== kept && !isRenewing();
    const { text, violations } = isForgiven ? await played(name, play) : first;
    expect(violations).toEqual([]);
    if (isRenewing()) writeFileSync(fileOf(name), text);
    expect(text).toBe(isRenewing() ? text : kept);
  },
  120_000,
);

test("there is no transcript without a play", () => {
  const surplus = readdirSync(import.meta.dirname).filter(
    (file) => file.endsWith(END) && !names.includes(file.slice(0, -END.length)),
  );
  if (isRenewing()) for (const file of surplus) rmSync(join(import.meta.dirname, file));
  expect(isRenewing() ? [] : surplus).toEqual([]);
});

test("every result is in a transcript", () => {
  const kept = names.map((name) => readFileSync(fileOf(name), "utf8")).join("\n");
  expect(RESULTS.filter((result) => !kept.includes(`\nresult=${result}\n`))).toEqual([]);
});
