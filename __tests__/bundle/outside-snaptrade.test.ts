import { faults } from "../../sandbox/faults";
import type { Stage } from "../../sandbox/stage";
import type { Play, Played, StepChanges } from "../support/bundle";
import { inPool, logOf, withPlayed } from "../support/bundle";
import { faultsOf, faultsOfTwo } from "../support/expect-row";
import { piecesPrinted } from "../support/pieces";
import type { Row } from "./fault-table";
import { FAULT_ALLOWANCES, FAULT_TABLE } from "./fault-table";
import { NEVER_SAID, SAID } from "./snaptrade-words";

type Mode = "check" | "rescue" | "rotate" | "verify";

/** A named fault in one of the modes, with the row that is right where it is not the one of the table. */
interface Case {
  readonly fault: string;
  readonly mode: Mode;
  readonly row: Row | undefined;
}

const rotate = (...names: readonly string[]): Case[] =>
  names.map((fault) => ({ fault, mode: "rotate", row: FAULT_TABLE[fault] }));

const inMode = (mode: Mode, row: Row, ...names: readonly string[]): Case[] =>
  names.map((fault) => ({ fault, mode, row }));

const UNCHANGED: Row = ["unchanged", "main", 0, "saved"];
const WAYS = ["client-id-unknown", "client-id-unknown-signature", "client-id-unknown-secret"];

const CASES: readonly Case[] = [
  ...rotate(...WAYS, "client-id-named-like-a-user"),
  ...inMode("check", UNCHANGED, ...WAYS),
  ...inMode("verify", UNCHANGED, ...WAYS),
  ...inMode("rescue", ["unchanged", "main", 0, "not saved"], ...WAYS),
  ...rotate("client-off-from-reset", "client-off-from-reset-secret", "client-off-after-save"),
  ...rotate("client-off-after-save-secret", "client-off-after-failed-save", "client-off-after-failed-save-secret"),
  ...rotate("user-id-mistyped", "user-secret-line-end", "user-secret-byte-order-mark", "user-secret-no-break-space"),
  ...rotate("user-id-line-end", "client-id-line-end", "consumer-key-line-end", "consumer-key-byte-order-mark"),
  ...inMode("verify", UNCHANGED, "user-id-mistyped", "client-id-line-end"),
  ...rotate("probe-403-1012", "probe-400-1012", "probe-403-0000", "probe-400-timestamp"),
  ...rotate("lost-old-live-third", "lost-old-live-first", "unreset-old-refused-thrice", "reset-500"),
  ...rotate("old-refused-once-then-live", "reset-late-429", "save-502-and-new-live-late"),
  ...rotate("probe-502-a-while-after-save", "throttled-retry-after", "throttled-unix-time", "reset-answer-late"),
  ...rotate("reset-body-value-in-object", "reset-body-key-snake-case", "reset-body-bare-string"),
  ...rotate(
    "reset-frame-ten-digit-chunk-size",
    "reset-frame-ten-digit-chunk-sizes-cut",
    "reset-frame-gzip-and-identity",
    "reset-frame-gzip-unnamed",
  ),
  ...rotate("reset-body-escaped-key-decoy-first", "reset-body-escaped-key-decoy-last", "clock-jumps"),
  ...rotate("reset-502-page-committed", "probe-404-echo-plain", "probe-404-echo-percent", "probe-404-echo-base64"),
  ...rotate("probe-404-echo-upper-case", "probe-404-echo-html", "probe-403-echo-part"),
  ...rotate("dead-users-long", "dead-users-paged-link", "refusal-in-other-words", "dead-in-other-words"),
  ...inMode("rescue", ["rotated", "main", 1, "saved"], "dead-users-silent", "dead-users-paged-object"),
];

/** Before the reset all is decided, so that none may be sent. */
const isBeforeReset = ({ row }: Case): boolean => row?.[0] === "unchanged" || row?.[0] === "dead";
const MAY_RESET = new Set(["reset-500"]);

function playOf({ fault, mode }: Case): Play {
  return {
    stage: { inputs: mode === "rotate" ? {} : { mode, "confirm-user-id": "customer-1" } },
    prepare: async (stage): Promise<StepChanges> => {
      if (mode === "rescue") lose(stage);
      return { ...(await faults.get(fault)?.apply(stage)), eventInputs: { "confirm-user-id": stage.userId } };
    },
  };
}

/** A rescue makes sense only where the secret given is dead, and SnapTrade resets it all the same. */
function lose({ snapTrade, userId }: Stage): void {
  snapTrade.faults.resetNeedsOldSecret = false;
  snapTrade.rotateBehindBack(userId);
}

function wrongWords({ fault, mode, row }: Case, { run }: Played): string[] {
  // What is said of a dead secret is not said of one that was rescued.
  if (mode === "rescue" && row?.[0] === "rotated") return [];
  const shown = [logOf(run), run.main.summary, run.post.summary].join("\n");
  const unsaid = (SAID[fault] ?? [])
    .filter((words) => !words.test(shown))
    .map((words) => `does not say ${words.source}`);
  const said = (NEVER_SAID[fault] ?? []).filter((words) => words.test(shown)).map((words) => `says ${words.source}`);
  return [...unsaid, ...said];
}

async function wrongWith(one: Case): Promise<string[]> {
  return await withPlayed(playOf(one), async (played) => {
    const { stage, run } = played;
    const { resetRequests, secretsAsked } = stage.snapTrade;
    // Before the judge, which asks SnapTrade as well.
    const found = [
      ...(isBeforeReset(one) && !MAY_RESET.has(one.fault) && resetRequests > 0 ? ["a reset was sent"] : []),
      ...secretsAsked.filter((secret) => secret.startsWith("gateway-")).map((text) => `${text} was sent to SnapTrade`),
      ...piecesPrinted(run, stage.secrets()),
      ...wrongWords(one, played),
    ];
    const others = await faultsOf(played, one.row, FAULT_ALLOWANCES[one.fault]);
    return [...others, ...found, ...(others.length === 0 && found.length > 0 ? [logOf(run)] : [])];
  });
}

describe("what public reports tell of SnapTrade ends as it should", () => {
  const named = CASES.map((one) => ({ ...one, name: `${one.fault}, ${one.mode}` }));
  let wrong: ReadonlyMap<string, readonly string[]>;
  beforeAll(async () => {
    const found = await inPool(named, async (one): Promise<[string, readonly string[]]> => [
      one.name,
      await faultsOfTwo(async () => await wrongWith(one).catch((error: unknown) => [String(error)])),
    ]);
    wrong = new Map(found);
  }, 600_000);

  test.each(named.map(({ name }) => name))("%s", (name) => {
    expect(wrong.get(name)).toEqual([]);
  });
});

test("words are kept only of faults that there are, and every case is one of them", () => {
  const names = [...Object.keys(SAID), ...Object.keys(NEVER_SAID), ...CASES.map(({ fault }) => fault)];
  expect(names.filter((name) => !faults.has(name))).toEqual([]);
});
