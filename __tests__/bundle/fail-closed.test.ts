import { cpSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { LADDER } from "../../sandbox/instants";
import type { Stage } from "../../sandbox/stage";
import type { Later, Played, StepChanges } from "../../harness/play";
import { inPool, resultOf, ROOT, withPlayed } from "../../harness/play";
import { at, folderFor, trapdoor } from "../../harness/circumstances";
import { shareOf } from "../../harness/share";
import type { Allowances } from "../../harness/contract";
import { judge } from "../../harness/judge";
import { CONTRACT } from "../../harness/contract";

/** What is wrong with a run that may end in any way but may not lie: 0 only with a result that is marked 0. */
async function liesOf({ stage, run }: Played, allowed: Allowances = {}): Promise<string[]> {
  const violations = await judge(stage, run, allowed);
  const { main } = run;
  const result = main.outputs["result"];
  const isGreen = Object.entries(CONTRACT).some(([name, { exit }]) => name === result && exit === 0);
  return main.exitCode === 0 && !isGreen ? [...violations, `exit code 0 on "${result ?? ""}"`] : violations;
}

/** A copy of the action in which one file is missing. */
function actionWithout(file: string, later: Later): string {
  const root = folderFor(later);
  mkdirSync(join(root, "dist"));
  cpSync(join(ROOT, "action.yml"), join(root, "action.yml"));
  for (const name of bundled) {
    if (name !== file) cpSync(join(ROOT, "dist", name), join(root, "dist", name));
  }
  return root;
}

const bundled = readdirSync(join(ROOT, "dist")).filter((name) => /\.(js|json)$/.test(name));
const chunks = bundled.filter((name) => name.endsWith(".js") && name !== "post.js");

/** Node tells on stderr what it could not load, and post cannot start either. */
const NODE_SPEAKS = /wrote to stderr|set no result/;

test.concurrent.each(chunks)(
  "without the module %s the run is red, or does not need it",
  async (file) => {
    const prepare = (_stage: Stage, later: Later): StepChanges => ({
      root: actionWithout(file, later),
    });
    await withPlayed({ prepare }, async (played) => {
      const lies = await liesOf(played, { unheard: true, filesLeft: true });
      expect(lies.filter((lie) => !NODE_SPEAKS.test(lie))).toEqual([]);
      const { resets } = played.stage.snapTrade;
      const { main, post } = played.run;
      expect(main.outputs["result"] === "rotated" ? [0, 1] : [0]).toContain(resets);
      // Nobody is left without a word, by the action itself or by Node.
      const isSilent = !/::error|Error/.test(`${main.stdout}${main.stderr}`);
      expect(main.exitCode !== 0 && isSilent).toBe(false);
      expect(post.ms).toBeLessThan(20_000);
    });
  },
  60_000,
);

/** Nothing that the process waits for keeps it alive any more, so that Node ends it. */
const RUN_DRY = `const plain = setTimeout;
  globalThis.setTimeout = (...given) => plain(...given).unref();
  setInterval(() => { for (const handle of process._getActiveHandles()) handle.unref?.(); }, 1).unref();`;

const INSTANTS = ["probe-arrived", "canary-arrived", "reset-arrived", "reset-committed", "put-arrived"] as const;

test.concurrent.each(shareOf(INSTANTS, (instant) => instant === "probe-arrived" || instant === "put-arrived"))(
  "when the event loop runs dry at %s the run is red, and post finishes",
  async (instant) => {
    const prepare = (stage: Stage, later: Later): StepChanges => {
      const { step, spring } = trapdoor(later);
      at(stage, instant, async () => {
        await spring(RUN_DRY);
        await new Promise((resolve) => setTimeout(resolve, 300));
      });
      return step;
    };
    await withPlayed({ prepare }, async (played) => {
      // What was under way lands after post has taken the canary away.
      const lies = await liesOf(played, { unheard: true, canaryLeft: true });
      expect(lies.filter((lie) => !NODE_SPEAKS.test(lie))).toEqual([]);
      const { main } = played.run;
      expect([main.exitCode === 0, main.outputs["result"] === "rotated"]).not.toEqual([true, false]);
      expect(played.stage.snapTrade.resets > 0 && resultOf(played.run).by === "nobody").toBe(false);
    });
  },
  60_000,
);

const KILLS = shareOf([6, 24], (kills) => kills === 6).at(-1) ?? 0;
/** A happy run with start-up takes about so long. */
const RUN_MS = 500;

test(`killed at ${KILLS} instants over the run, it is never green without a result that is marked 0`, async () => {
  const instants = Array.from({ length: KILLS }, (_, index) => ((index + 1) * RUN_MS) / KILLS);
  const wrong = await inPool(instants, async (ms) => {
    const prepare = (): StepChanges => ({ kill: new Promise((resolve) => setTimeout(resolve, ms)) });
    return await withPlayed({ prepare }, async (played) => {
      const { resets } = played.stage.snapTrade;
      // Killed before post could be told of it, an empty journal stays.
      const isEmpty = resets === 0 && played.run.main.files.state === "";
      const lies = await liesOf(played, { filesLeft: isEmpty, canaryLeft: resets === 0 });
      const isSilent = resets > 0 && resultOf(played.run).by === "nobody";
      return isSilent ? [...lies, `silent when killed after ${ms} ms`] : lies;
    });
  });
  expect(wrong.flat()).toEqual([]);
}, 120_000);

const STARTING_MS = shareOf([0, 10, 20, 30, 40, 60, 80, 100], (ms) => ms === 0 || ms === 60);

test("signalled while it starts, it ends red with nothing changed", async () => {
  const wrong = await inPool(STARTING_MS, async (when) => {
    const prepare = (): StepChanges => ({ cancel: { when, ...LADDER } });
    return await withPlayed({ prepare }, async (played) => {
      const lies = (await liesOf(played, { unheard: true })).filter((lie) => !NODE_SPEAKS.test(lie));
      return played.run.main.exitCode === 0 ? [...lies, "exit code 0"] : lies;
    });
  });
  expect(wrong.flat()).toEqual([]);
}, 120_000);
