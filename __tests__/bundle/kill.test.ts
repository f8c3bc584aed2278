import type { GitHubRequest } from "../../sandbox/github";
import { LADDER } from "../../sandbox/instants";
import { keysAlone } from "../../sandbox/machine-faults/given-to-post";
import type { SnapTradeRequest } from "../../sandbox/snaptrade";
import type { Stage } from "../../sandbox/stage";
import type { StepChanges } from "../../harness/play";
import { inPool, resultOf, withPlayed } from "../../harness/play";
import { faultsOf } from "../../harness/expect-row";
import { judge } from "../../harness/judge";
import { LARGE_TIMEOUT_MS, shareOf, shareTold } from "../../harness/share";
import type { Row } from "../../harness/tables/row";

const SAVE_TO = { "save-to": "SNAPTRADE_USER_SECRET --env production\nA_COPY --env staging" };

/** An instant in the life of the n-th request of its kind. */
interface Boundary {
  readonly of: string;
  readonly n: number;
  readonly stage: "arrived" | "applied" | "answered";
}

const SNAPTRADE_STAGES = { arrived: "arrived", applied: "committed", answered: "answered" } as const;

function kindOf(request: Readonly<GitHubRequest> | SnapTradeRequest): string {
  if ("which" in request) return `github ${request.which}`;
  return request.method === "POST" ? "snaptrade reset" : "snaptrade probe";
}

/** Every boundary of every request of a run on which nothing goes wrong. */
async function boundaries(): Promise<Boundary[]> {
  return await withPlayed({ stage: { inputs: SAVE_TO } }, ({ stage, run }) => {
    expect(resultOf(run)).toEqual({ result: "rotated", by: "main" });
    const kinds = [...stage.snapTrade.requests, ...stage.github.requests].map(kindOf);
    const counts = new Map<string, number>();
    for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return [...counts].flatMap(([of, count]) =>
      Array.from({ length: count }, (_, n) => n).flatMap((n) =>
        (["arrived", "applied", "answered"] as const)
          .filter((one) => of !== "snaptrade probe" || one !== "applied")
          .map((one) => ({ of, n, stage: one })),
      ),
    );
  });
}

/** A promise kept at the boundary, where the request is held for as long as somebody wants. */
function reached({ snapTrade, github }: Stage, { of, n, stage }: Boundary, until?: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0;
    const hold = async (): Promise<void> => {
      if (seen++ !== n) return;
      resolve();
      await until;
    };
    const [service, which = ""] = of.split(" ");
    if (service === "github") github.on(`${kindIn(which)}-${stage}`, hold);
    else if (which === "reset") snapTrade.on(`reset-${SNAPTRADE_STAGES[stage]}`, hold);
    else snapTrade.on(stage === "arrived" ? "probe-arrived" : "probe-answered", hold);
  });
}

/** A kill at the boundary, and nothing happens to the request before main is dead, however busy the machine is. */
function killedAt(stage: Stage, boundary: Boundary): Pick<StepChanges, "beforePost" | "kill"> {
  const ending: (() => void)[] = [];
  const isDead = new Promise<void>((resolve) => ending.push(resolve));
  return { kill: reached(stage, boundary, isDead), beforePost: () => ending.forEach((end) => end()) };
}

function kindIn(word: string): GitHubRequest["which"] {
  const kinds = ["key", "metadata", "list", "canary", "put", "delete", "run", "rate-limit"] as const;
  const kind = kinds.find((one) => one === word);
  if (kind === undefined) throw new Error(`A happy run has made an unexpected request: ${word}.`);
  return kind;
}

/** What the stand-ins allow to be believed: killed once SnapTrade has committed and before the answer is kept, it is lost (U1, U2). */
const LOST: Row = ["lost", "post", 1, "not saved"];

function mayBeLost({ of, stage }: Boundary): boolean {
  return of === "snaptrade reset" && stage !== "arrived";
}

async function playKill(boundary: Boundary): Promise<readonly string[]> {
  // Whatever else post needs is in the journal.
  const prepare = (stage: Stage): StepChanges => ({ ...killedAt(stage, boundary), postInputs: keysAlone(stage) });
  return await withPlayed({ stage: { inputs: SAVE_TO }, prepare, aftermathMs: 0 }, async ({ stage, run }) => {
    const violations = await judge(stage, run);
    if (run.main.signal !== "SIGKILL") return [...violations, "main was not killed"];
    const { result, by } = resultOf(run);
    const { snapTrade, github, destinations, userId } = stage;
    const inForce = snapTrade.secretInForce(userId);
    const isSaved = destinations.every(({ where, name }) => github.plaintext(where, name) === inForce);
    if (by === "nobody") return [...violations, "post stated no result"];
    if (snapTrade.resets === 0) return result === "unchanged" ? violations : [...violations, `post said ${result}`];
    if (isSaved) return result === "rotated" ? violations : [...violations, `saved, and post said ${result}`];
    return mayBeLost(boundary) && result === "lost"
      ? violations
      : [...violations, `not saved, and post said ${result}`];
  });
}

describe("killed at any boundary of any request, post, which has nothing but its keys, ends with the new secret saved, or says why it cannot", () => {
  test(
    "the boundaries of a happy run",
    async () => {
      const all = await boundaries();
      expect(all.length).toBeGreaterThan(30);
      // What lies between the reset and the end of the save is where something can be lost.
      const played = shareOf(all, ({ of, n }) => (of === "snaptrade reset" || of === "github put") && n === 0);
      const wrong = await inPool(played, async (boundary) => ({ ...boundary, wrong: await playKill(boundary) }));
      const found = wrong.filter((one) => one.wrong.length > 0);
      expect({ played: shareTold(played, all), found }).toMatchObject({ found: [] });
    },
    LARGE_TIMEOUT_MS,
  );
});

/** How long the other side takes for its answer, against the three seconds that a cancelled run has. */
const ANSWERS = { "within the time": 300, "too late": 5_000 } as const;

describe.each(Object.entries(ANSWERS))(
  "cancelled while a request is under way whose answer comes %s",
  (_when, delayMs) => {
    const by = delayMs < 3_000 ? "main" : "post";

    test.concurrent(
      `the reset: ${by === "main" ? "saved" : "settled by post"}`,
      async () => {
        const prepare = (stage: Stage): StepChanges => {
          stage.snapTrade.faults.onReset({ delivery: { delayMs } });
          return {
            cancel: { when: reached(stage, { of: "snaptrade reset", n: 0, stage: "arrived" }), ...LADDER },
          };
        };
        await withPlayed({ prepare }, async (played) => {
          expect(await faultsOf(played, by === "main" ? ["rotated", "main", 1, "saved"] : LOST)).toEqual([]);
          expect(played.run.conclusion).toBe("cancelled");
        });
      },
      60_000,
    );

    test.concurrent(
      `the save: saved by ${by}`,
      async () => {
        const prepare = (stage: Stage): StepChanges => {
          stage.github.faults.inject({ on: { which: "put" }, effect: { kind: "slow", delayMs } });
          return {
            cancel: { when: reached(stage, { of: "github put", n: 0, stage: "arrived" }), ...LADDER },
          };
        };
        await withPlayed({ prepare, aftermathMs: 3_000 }, async (played) => {
          expect(await faultsOf(played, ["rotated", by, 1, "saved"])).toEqual([]);
          expect(played.run.conclusion).toBe("cancelled");
        });
      },
      60_000,
    );
  },
);

test("killed before the save, where the machine's clock is wrong: post dates its command by GitHub's all the same", async () => {
  const clockSkewMs = -3 * 3_600_000;
  const prepare = (stage: Stage): StepChanges => {
    stage.github.faults.inject({ on: { which: "put" }, effect: { kind: "cut", applied: false, by: "rst" } });
    return killedAt(stage, { of: "github put", n: 0, stage: "arrived" });
  };
  await withPlayed({ stage: { github: { clockSkewMs } }, prepare }, async (played) => {
    expect(await faultsOf(played, ["rotated", "post", 1, "saved"])).toEqual([]);
    const command = played.run.post.log.find((line) => line.trim().startsWith("gh api ")) ?? "";
    const printedAt = Date.parse(/printed (\S+Z)$/.exec(command.trim())?.[1] ?? "");
    expect(Math.abs(printedAt - Date.now() - clockSkewMs)).toBeLessThan(60_000);
  });
}, 60_000);
