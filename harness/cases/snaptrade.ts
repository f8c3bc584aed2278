import type { Stage } from "../../sandbox/stage";
import { must, type OutsideCase, type Told } from "../case";
import { piecesPrinted } from "../pieces";
import { FAULT_TABLE } from "../tables/fault-table";
import type { Row } from "../tables/row";
import { NEVER_SAID, SAID } from "../tables/snaptrade-words";

type Mode = "check" | "rescue" | "verify";

/** Before the reset all is decided, so that none may be sent. */
const isBeforeReset = (row: Row | undefined): boolean => row?.[0] === "unchanged" || row?.[0] === "dead";
const MAY_RESET = new Set(["reset-500"]);

function reported(fault: string, row: Row | undefined): OutsideCase {
  return {
    about: "as public reports tell of SnapTrade",
    fault,
    says: SAID[fault] ?? [],
    saysNot: NEVER_SAID[fault] ?? [],
    check: ({ stage, run }: Told) => {
      const { resetRequests, secretsAsked } = stage.snapTrade;
      const asked = secretsAsked.filter((secret) => secret.startsWith("gateway-"));
      return [
        ...must(!isBeforeReset(row) || MAY_RESET.has(fault) || resetRequests === 0, "a reset was sent"),
        ...asked.map((text) => `${text} was sent to SnapTrade`),
        ...piecesPrinted(run, stage.secrets()),
      ];
    },
  };
}

const rotate = (...names: readonly string[]): OutsideCase[] =>
  names.map((fault) => reported(fault, FAULT_TABLE[fault]));

const inMode = (mode: Mode, row: Row, ...names: readonly string[]): OutsideCase[] =>
  names.map((fault) => ({
    ...reported(fault, row),
    row,
    inputs: { mode, "confirm-user-id": "customer-1" },
    ...(mode === "rescue" ? rescue(row) : {}),
  }));

/** A rescue makes sense only where the secret given is dead, and SnapTrade resets it all the same. */
function rescue(row: Row): Pick<OutsideCase, "before" | "prepare" | "says" | "saysNot"> {
  return {
    before: ({ snapTrade, userId }: Stage) => {
      snapTrade.faults.resetNeedsOldSecret = false;
      snapTrade.rotateBehindBack(userId);
    },
    prepare: ({ userId }) => ({ eventInputs: { "confirm-user-id": userId } }),
    // What is said of a dead secret is not said of one that was rescued.
    ...(row[0] === "rotated" ? { says: [], saysNot: [] } : {}),
  };
}

const UNCHANGED: Row = ["unchanged", "main", 0, "saved"];
const WAYS = ["client-id-unknown", "client-id-unknown-signature", "client-id-unknown-secret"];

export const snapTrade: readonly OutsideCase[] = [
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
