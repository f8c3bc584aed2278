import type { Notice } from "../../src/rotation/notices";
import { noticeText } from "../../src/rotation/notices";
import type { Outcome, Result } from "../../src/rotation/outcome";
import { EXIT_CODES, nothingChanged } from "../../src/rotation/outcome";
import type { Doubt, FaultCause } from "../../src/rotation/ports";
import type { Reason, ReasonCode } from "../../src/rotation/reasons";
import { RESULTS_OF } from "../../src/rotation/reasons";
import { wordsFor } from "../../src/rotation/words";
import { fault } from "../support/fake-destination";

const broken = fault("server").fault;
const label = "NAME (secret of octo-org/brokerage)";

const CAUSES = [
  "network",
  "server",
  "conflict",
  "throttled",
  "box-refused",
  "quota",
  "unauthorized",
  "forbidden",
  "missing",
  "moved",
  "malformed",
] as const satisfies readonly FaultCause[];

const DOUBTS: readonly Doubt[] = [
  { kind: "signature" },
  { kind: "throttled", retryAfterMs: 1 },
  { kind: "no-answer", why: "cut off" },
  { kind: "strange-answer", status: 502 },
];

const SKEWS = [null, 29_999, 90_000, -90_000];

/** At least one of each reason, with every variant that has words of its own. */
const REASONS: { readonly [C in ReasonCode]: readonly Extract<Reason, { code: C }>[] } = {
  ready: [{ code: "ready" }],
  "secret-live": [{ code: "secret-live" }],
  "young-enough": [{ code: "young-enough", label }],
  "refused-input": [{ code: "refused-input", input: "mode", problem: 'is "x"', expected: "rotate" }],
  "refused-setting": [{ code: "refused-setting", setting: "NODE_DEBUG", problem: "names http", expected: "unset" }],
  "journal-unavailable": [{ code: "journal-unavailable" }],
  "sealing-unavailable": [{ code: "sealing-unavailable" }],
  cancelled: [{ code: "cancelled", signal: "SIGINT" }],
  "any-secret-accepted": [{ code: "any-secret-accepted" }],
  "snaptrade-undecided": DOUBTS.flatMap((doubt) =>
    SKEWS.map((skewMs) => ({ code: "snaptrade-undecided", doubt, skewMs }) as const),
  ),
  "given-secret-dead": (["after-start", "before-start", "unknown"] as const).map(
    (changed) => ({ code: "given-secret-dead", changed }) as const,
  ),
  "destination-missing": [true, false].map((mustExist) => ({ code: "destination-missing", label, mustExist }) as const),
  "destination-unreadable": CAUSES.map(
    (cause) => ({ code: "destination-unreadable", label, ...fault(cause) }) as const,
  ),
  "token-expiring": [{ code: "token-expiring", expiresAt: 0 }],
  "canary-taken": [{ code: "canary-taken", label }],
  "canary-refused": CAUSES.map((cause) => ({ code: "canary-refused", label, ...fault(cause) }) as const),
  "canary-left": [{ code: "canary-left", label, fault: broken }],
  "rescue-not-needed": [{ code: "rescue-not-needed" }],
  "rescue-stale": [{ code: "rescue-stale", label }],
  "ended-before-reset": [{ code: "ended-before-reset" }],
  "reset-not-sent": [{ code: "reset-not-sent", why: "no connection: ECONNREFUSED" }],
  "reset-refused": [{ code: "reset-refused", status: 401, snaptradeCode: "1083" }],
  "rescue-refused": [
    { code: "rescue-refused", status: 403, snaptradeCode: null },
    { code: "rescue-refused", status: 429, snaptradeCode: "0000" },
    { code: "rescue-refused", status: 401, snaptradeCode: "1083" },
    { code: "rescue-refused", status: 404, snaptradeCode: null },
  ],
  "refused-and-not-live": [{ code: "refused-and-not-live", status: 401, snaptradeCode: "1083" }],
  "reset-did-not-happen": [null, 502].map((status) => ({ code: "reset-did-not-happen", status }) as const),
  "answer-lost": [{ code: "answer-lost", status: null }],
  "answer-lost-undecided": [{ code: "answer-lost-undecided", status: 200 }],
  "answer-lost-and-written": [{ code: "answer-lost-and-written", status: null, label }],
  "rescue-unanswered": [{ code: "rescue-unanswered", status: null }],
  unholdable: (["too-long", "not-unicode"] as const).map(
    (why) => ({ code: "unholdable", why, escrowed: false }) as const,
  ),
  rotated: [{ code: "rotated" }],
  "candidate-unproven": [{ code: "candidate-unproven" }],
  "primary-not-saved": [{ code: "primary-not-saved", label, fault: { ...broken, permission: "secrets=write" } }],
  "copies-not-saved": [{ code: "copies-not-saved" }],
  "proof-failed": (["new-undecided", "old-still-live", "old-undecided", "write-not-visible"] as const).map(
    (proof) => ({ code: "proof-failed", proof }) as const,
  ),
  superseded: [{ code: "superseded" }],
  "kept-undecided": [{ code: "kept-undecided" }],
  "journal-unreadable": [{ code: "journal-unreadable" }],
  "main-still-runs": [{ code: "main-still-runs" }],
  "out-of-time": [{ code: "out-of-time" }],
  "internal-error": (["reset", "end"] as const).map(
    (before) => ({ code: "internal-error", before, name: "TypeError" }) as const,
  ),
};

/** Every outcome that the action can end with, without and with something to recover from. */
const OUTCOMES: readonly Outcome[] = Object.values(REASONS)
  .flatMap((reasons): readonly Reason[] => reasons)
  .flatMap((reason) => {
    const results: readonly Result[] = RESULTS_OF[reason.code];
    return results.flatMap((result) => [
      nothingChanged(result, reason),
      { ...nothingChanged(result, reason), unsaved: [{ label, command: "gh api" }], escrow: "age" },
    ]);
  });

const named = OUTCOMES.map((outcome) => [`${outcome.result} by ${outcome.reason.code}`, outcome] as const);

describe("the words for every outcome", () => {
  test.each(named)("%s: full sentences, and an advice where it is red", (_, outcome) => {
    const { title, happened, world, now } = wordsFor(outcome);
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    for (const sentence of [happened, world, ...now]) expect(sentence).toMatch(/^([A-Z]|libsodium ).*\.$/s);
    for (const text of [title, happened, world, ...now]) expect(text).not.toMatch(/undefined|null|NaN|\[object/);
    expect(now.length > 0).toBe(EXIT_CODES[outcome.result] === 1);
  });

  test.each(named.filter(([, { result }]) => result === "lost" || result === "unknown"))(
    "%s does not begin with deleting the user",
    (_, outcome) => {
      const { now } = wordsFor(outcome);
      expect(now[0]).toMatch(/^Start a new run/);
      const advised = now.findIndex((step) => /delete the user/.test(step) && !/do not delete/i.test(step));
      expect(advised === -1 || advised === now.length - 1).toBe(true);
    },
  );

  test.each(named.filter(([, { unsaved, escrow }]) => unsaved.length > 0 && escrow !== null))(
    "%s tells how to use what was left, where it is unsaved",
    (_, outcome) => {
      if (outcome.result !== "unsaved") return;
      const text = wordsFor(outcome).now.join(" ");
      expect(text).toMatch(/age -d -i KEY_FILE/);
      // What no GitHub secret can hold has no command, and is not to be put into one by hand either.
      const isHoldable = outcome.reason.code !== "unholdable";
      expect(/only if no later rotation has succeeded/.test(text)).toBe(isHoldable);
      expect(/gh secret set/.test(text)).toBe(isHoldable);
    },
  );

  test.each(named.filter(([, { result, unsaved }]) => ["unsaved", "unknown"].includes(result) && unsaved.length > 0))(
    "%s has the saved secret asked about first, unless it is certainly not the new one",
    (_, { reason, result, ...known }) => {
      const { now } = wordsFor({ ...known, result, reason });
      if (reason.code === "unholdable") return;
      const isCertain = reason.code === "primary-not-saved";
      const saveAt = now.findIndex((step) => /finish the save/i.test(step));
      expect(now[0]?.startsWith("Start a new run with mode: verify")).toBe(!isCertain);
      expect(now[saveAt]?.startsWith("If it says dead: ")).toBe(!isCertain);
    },
  );

  test("a clock that is off is named with its direction", () => {
    const about = (skewMs: number | null): string =>
      wordsFor(nothingChanged("unchanged", { code: "snaptrade-undecided", doubt: { kind: "signature" }, skewMs }))
        .happened;
    expect(about(90_400)).toContain("90 s behind SnapTrade's");
    expect(about(-90_400)).toContain("90 s ahead of SnapTrade's");
    expect(about(29_999)).toContain("client-id or consumer-key is wrong");
    expect(about(null)).toContain("client-id or consumer-key is wrong");
  });

  test("a missing permission is named as GitHub names it", () => {
    const reason = { code: "canary-refused", label, fault: { ...broken, permission: "secrets=write" } } as const;
    expect(wordsFor(nothingChanged("unchanged", reason)).happened).toContain("(the token needs secrets=write)");
  });

  test("only the four results of the contract are green", () => {
    const green = Object.entries(EXIT_CODES).filter(([, code]) => code === 0);
    expect(green.map(([result]) => result)).toEqual(["rotated", "skipped", "checked", "verified"]);
  });
});

const NOTICES: { readonly [C in Notice["code"]]: Extract<Notice, { code: C }> } = {
  "secret-proven": { code: "secret-proven" },
  "destination-proven": { code: "destination-proven", label },
  "waiting-for-rate-limit": { code: "waiting-for-rate-limit", service: "SnapTrade", waitMs: 9_999 },
  resetting: { code: "resetting" },
  "no-secret-in-answer": { code: "no-secret-in-answer", requestId: "0123456789abcdef" },
  escrow: { code: "escrow", text: "-----BEGIN AGE ENCRYPTED FILE-----" },
  "escrow-failed": { code: "escrow-failed" },
  "journal-failed": { code: "journal-failed" },
  "sealed-command": { code: "sealed-command", sure: true, label, command: "gh api --method PUT" },
  "save-failed": { code: "save-failed", label, fault: broken, waitMs: 10_000 },
  saved: { code: "saved", label },
  settling: { code: "settling", waitMs: 90_000 },
  "recent-write": { code: "recent-write", waitMs: 7_000 },
  signal: { code: "signal", signal: "SIGTERM" },
  uncaught: { code: "uncaught", name: "TypeError" },
  broken: { code: "broken", name: "TypeError" },
  "post-finishes": { code: "post-finishes" },
  "summary-failed": { code: "summary-failed" },
};

describe("a refused rescue", () => {
  test.each<[number, string | null, boolean]>([
    [429, "0000", false],
    [401, "1076", false],
    [400, null, false],
    [401, "1083", true],
    [404, null, true],
  ])("with %d/%s speaks of deleting the user: %s", (status, snaptradeCode, isFinal) => {
    const { now } = wordsFor(nothingChanged("dead", { code: "rescue-refused", status, snaptradeCode }));
    expect(now.join(" ").includes("delete the user")).toBe(isFinal);
  });
});

describe("what is said on the way", () => {
  test.each(Object.entries(NOTICES))("%s is a sentence", (_, notice) => {
    const text = noticeText(notice);
    expect(text).toMatch(/^[A-Z].*[.:\n-]/s);
    expect(text).not.toMatch(/undefined|null|NaN|\[object/);
  });

  test.each([
    [1, "1 ms"],
    [999.2, "1000 ms"],
    [1_000, "1.0 s"],
    [9_999, "10.0 s"],
    [10_000, "10 s"],
    [90_000, "90 s"],
  ])("a wait of %d ms is told as %s", (waitMs, told) => {
    expect(noticeText({ code: "settling", waitMs })).toContain(`Waiting ${told} for`);
  });

  test("the line before the reset says what to do if nothing follows it", () => {
    const text = noticeText({ code: "resetting" });
    expect(text).not.toContain("\n");
    expect(text).toMatch(/if nothing follows.*do not delete the user.*new run.*docs\/recovery\.md/i);
  });

  test.each([true, false])("the sealed command is preceded by its condition (sure: %s)", (sure) => {
    const text = noticeText({ ...NOTICES["sealed-command"], sure });
    expect(text).toMatch(/only if no later rotation has succeeded:\ngh api/);
    expect(text.startsWith("The new secret")).toBe(sure);
    expect(text.includes("mode: verify then says dead")).toBe(!sure);
  });
});
