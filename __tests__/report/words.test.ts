import { noticeText } from "../../src/report/notice-text";
import { wordsFor as wordsWithSteps } from "../../src/report/words";
import type { Doubt, FaultCause, Said } from "../../src/rotation/model";
import type { Notice } from "../../src/rotation/notices";
import { EXIT_CODES, nothingChanged, undecided } from "../../src/rotation/outcome";
import type { Outcome, Reason } from "../../src/rotation/outcome";
import { fault } from "../support/fake-destination";
import { NOTICES } from "./notices";
import { REASONS } from "./reasons";

/** The words, of each step its text alone. */
function wordsFor(...of: Parameters<typeof wordsWithSteps>) {
  const { now, ...words } = wordsWithSteps(...of);
  return { ...words, now: now.map(({ text }) => text) };
}

const label = "NAME (secret of octo-org/brokerage)";

const SAID: Said = { status: 401, code: "1083", sentence: "Invalid clientId provided - X" };

/** Every outcome that the action can end with, without and with something to recover from. */
const OUTCOMES: readonly Outcome[] = Object.values(REASONS)
  .flatMap(({ results, samples }) =>
    samples.flatMap((reason: Reason) => results.map((result) => [result, reason] as const)),
  )
  .flatMap(([result, reason]) => [
    nothingChanged(result, reason),
    { ...nothingChanged(result, reason), unsaved: [{ label, command: "gh api" }], escrow: "age" },
  ]);

const named = OUTCOMES.map((outcome) => [`${outcome.result} by ${outcome.reason.code}`, outcome] as const);

/** The steps from where client and user are known to be right. */
function withoutIds(now: readonly string[]): readonly string[] {
  return now.filter((step) => !step.startsWith("Check client-id"));
}

describe("the words for every outcome", () => {
  test.each(named)("%s: full sentences, and an advice where it is red", (_, outcome) => {
    const { title, happened, world, now } = wordsFor(outcome);
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    for (const sentence of [happened, world, ...now]) expect(sentence).toMatch(/^[A-Z].*\.$/s);
    for (const text of [title, happened, world, ...now]) expect(text).not.toMatch(/undefined|null|NaN|\[object/);
    // What mode: finish has saved is still to be verified.
    expect(now.length > 0).toBe(EXIT_CODES[outcome.result] === 1 || outcome.result === "finished");
  });

  test.each(named.filter(([, { result }]) => result === "lost" || result === "unknown"))(
    "%s does not begin with deleting the user",
    (_, outcome) => {
      const { now } = wordsFor(outcome);
      expect(withoutIds(now)[0]).toMatch(/^Start a new run/);
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
      const now = withoutIds(wordsFor({ ...known, result, reason }).now);
      if (reason.code === "unholdable") return;
      const isCertain = reason.code === "primary-not-saved";
      const saveAt = now.findIndex((step) => /run this command|mode: finish again/i.test(step));
      expect(now[0]?.startsWith("Start a new run with mode: verify")).toBe(!isCertain);
      expect(/^If that ends with dead[:,] /.test(now[saveAt] ?? "")).toBe(!isCertain);
    },
  );

  test("a clock that is off is named with its direction", () => {
    const about = (skewMs: number | null): string =>
      wordsFor(
        nothingChanged("unchanged", { code: "snaptrade-undecided", doubt: { kind: "signature", said: SAID }, skewMs }),
      ).happened;
    expect(about(90_400)).toContain("90 s behind SnapTrade's");
    expect(about(-90_400)).toContain("90 s ahead of SnapTrade's");
    expect(about(29_999)).toContain("The client-id or the consumer-key is wrong");
    expect(about(null)).toContain("The client-id or the consumer-key is wrong");
  });

  test.each<[Doubt, boolean]>([
    [{ kind: "client", said: SAID }, true],
    [{ kind: "signature", said: SAID }, true],
    [{ kind: "no-such-user" }, true],
    [{ kind: "unchecked" }, true],
    [{ kind: "contradiction" }, false],
    [{ kind: "no-answer", why: "cut off" }, false],
  ])("%j: client and user are to be checked first: %s", (doubt, isFirst) => {
    const lost = { code: "answer-lost-undecided", status: 401, said: null, doubt } as const;
    const unproven = { code: "proof-failed", proof: "new-undecided", doubt } as const;
    for (const outcome of [undecided(lost), nothingChanged("saved-unverified", unproven)]) {
      expect(wordsFor(outcome).now[0]?.startsWith("Check client-id, consumer-key and user-id first")).toBe(isFirst);
    }
  });

  test("a dead secret of which client and user could not be checked has them checked before any rescue", () => {
    const now = (isChecked: boolean): readonly string[] =>
      wordsFor(nothingChanged("dead", { code: "given-secret-dead", changed: "unknown", isChecked })).now;
    expect(now(true).some((step) => step.includes("client-id"))).toBe(false);
    const [check, rescue] = [/[Cc]heck client-id and user-id/, /mode: rescue\. Type the user ID/].map((wanted) =>
      now(false).findIndex((step) => wanted.test(step)),
    );
    expect(check).toBeGreaterThanOrEqual(0);
    expect(rescue).toBeGreaterThan(check ?? Infinity);
  });

  test.each<[Extract<Reason, { code: "client-rejected" | "no-such-user" }>, RegExp]>([
    [{ code: "client-rejected", said: SAID }, /client-id.*status 401, code 1083, "Invalid clientId provided - X"/],
    [{ code: "no-such-user" }, /no user with this user-id/],
  ])("%j is named, and nobody is sent to a rescue or to deleting the user", (reason, words) => {
    const { happened, now } = wordsFor(nothingChanged("unchanged", reason));
    expect(happened).toMatch(words);
    expect(now.join(" ")).not.toMatch(/rescue|delete/);
  });

  test.each<[Reason, boolean]>([
    [{ code: "client-rejected", said: SAID }, true],
    [{ code: "no-such-user" }, true],
    [{ code: "given-secret-dead", changed: "unknown", isChecked: true }, true],
    [{ code: "rescue-refused", said: SAID }, true],
    [{ code: "snaptrade-undecided", doubt: { kind: "signature", said: SAID }, skewMs: null }, true],
    [{ code: "snaptrade-undecided", doubt: { kind: "contradiction" }, skewMs: null }, false],
    [{ code: "any-secret-accepted" }, false],
  ])("white space at an end of an input is named for %j: %s", (reason, isNamed) => {
    const spaced = [{ input: "user-secret", how: "ends with a line end" }];
    const { happened } = wordsFor(nothingChanged("unchanged", reason), { spaced });
    expect(happened.includes("The input user-secret ends with a line end")).toBe(isNamed);
  });

  test.each([
    [0, null, "its rate limit was reached and did not lift."],
    [999, 4_001, "did not lift. It asks to wait 5 s."],
    [61_999, null, "did not lift within 61 s."],
  ])("a limit is not shown as waited for longer than %d ms", (waitedMs, retryAfterMs, words) => {
    const doubt = { kind: "throttled", waitedMs, retryAfterMs } as const;
    const { happened } = wordsFor(nothingChanged("unchanged", { code: "snaptrade-undecided", doubt, skewMs: null }));
    expect(happened.endsWith(words)).toBe(true);
  });

  test("a Personal API key is named as what it is", () => {
    const said = { status: 403, code: "1012", sentence: "Not for you" };
    const doubt = { kind: "strange-answer", said } as const;
    const { happened, now } = wordsFor(
      nothingChanged("unchanged", { code: "snaptrade-undecided", doubt, skewMs: null }),
    );
    expect(happened).toContain('rejects Personal API keys here (status 403, code 1012, "Not for you")');
    expect(now.join(" ")).toContain("commercial client ID");
  });

  test("a superseded secret's command is for if verify says dead", () => {
    const { now } = wordsFor(undecided({ code: "superseded" }, { unsaved: [{ label, command: "gh api" }] }));
    expect(now[0]).toMatch(/^Start a new run with mode: verify/);
    expect(now[1]).toMatch(/^If that ends with dead: run this command, only if/);
  });

  test("a missing permission is named as GitHub's forms name it", () => {
    const denied = fault("forbidden-permission", { permission: "Secrets: Read and write" });
    const { happened } = wordsFor(nothingChanged("unchanged", { code: "canary-refused", label, ...denied }));
    expect(happened).toContain("The token needs Secrets: Read and write.");
  });

  test.each(["destination-unreadable", "canary-refused", "primary-not-saved"] as const)(
    "%s does not call a request without an answer refused or forbidden",
    (code) => {
      for (const cause of ["network", "server", "malformed"] as const) {
        const { happened } = wordsFor(nothingChanged("unchanged", { code, label, ...fault(cause) }));
        expect(happened).not.toMatch(/refused|does not let|forbid/);
      }
    },
  );

  test.each<[FaultCause, RegExp]>([
    ["quota", /^Delete a secret that you do not need, .* Until then the printed command fails too\.$/],
    ["archived", /^Unarchive the repository/],
    ["unauthorized", /^Run this command/],
    ["forbidden-permission", /^Run this command/],
    ["server", /^Run this command/],
  ])("after %s the save is finished in the order in which it can be", (cause, first) => {
    const reason = { code: "primary-not-saved", label, ...fault(cause) } as const;
    const { now } = wordsFor({ ...nothingChanged("unsaved", reason), unsaved: [{ label, command: "gh api" }] });
    expect(now[0]).toMatch(first);
    expect(now.filter((step) => step.startsWith("Run this command"))).toHaveLength(1);
    const saveAt = now.findIndex((step) => step.startsWith("Run this command"));
    expect(now[saveAt]).toMatch(/Without gh: start a run with mode: finish, and paste it into recovery-command\./);
    expect(now[saveAt + 1]).toBe("Then start a new run with mode: verify.");
    expect(now.some((step) => step.startsWith("Before mode: finish, or the next rotation: create a new token"))).toBe(
      cause === "unauthorized",
    );
  });

  test("each copy that is missing is named with its cause, and mode: copy comes after what has to be fixed", () => {
    const unsaved = [
      { label: "COPY", command: "gh api", ...fault("quota") },
      { label: "OTHER", command: "gh api", ...fault("server") },
      { label: "THIRD", command: "gh api" },
    ];
    const { happened, now } = wordsFor({ ...nothingChanged("partly-saved", { code: "copies-not-saved" }), unsaved });
    expect(happened).toContain("Cannot save the secret in COPY: the maximum number of secrets");
    expect(happened).toContain("Cannot save the secret in OTHER: GitHub reports an error");
    expect(happened).toContain("Not saved in THIRD.");
    expect(now).toEqual([
      "Delete a secret that you do not need, next to COPY.",
      expect.stringMatching(/^Start a new run with mode: copy\./),
    ]);
  });

  test.each<Extract<Reason, { code: "copies-unproven" | "primary-moved" | "copies-interrupted" }>>([
    { code: "copies-unproven", doubt: null },
    { code: "copies-unproven", doubt: { kind: "contradiction" } },
    { code: "primary-moved", label },
    { code: "copies-interrupted" },
  ])("%j does not speak of a new secret", (reason) => {
    const { happened, world } = wordsFor(nothingChanged(REASONS[reason.code].results[0], reason));
    expect(`${happened} ${world}`).not.toMatch(/new secret/);
  });

  test("copies that could not be proven are told with the doubt, or with all that it may have been", () => {
    const about = (doubt: Doubt | null): string =>
      wordsFor(nothingChanged("saved-unverified", { code: "copies-unproven", doubt })).happened;
    expect(about({ kind: "no-answer", why: "cut off" })).toContain(
      "gave no clear answer about the secret: there was no answer (cut off).",
    );
    expect(about(null)).toContain("SnapTrade did not accept the secret, or GitHub did not show the primary.");
  });

  // A doubt brings words of its own, and may quote SnapTrade.
  const isQuoting = (reason: Reason): boolean => "doubt" in reason && reason.doubt !== null;

  test.each(named.filter(([, { reason }]) => !isQuoting(reason)))(
    "%s is said in sentences of at most 25 words",
    (_, outcome) => {
      const { happened, now } = wordsFor(outcome);
      const sentences = [happened, ...now].flatMap((text) => text.replaceAll(/ \([^)]*\)/g, "").split(/(?<=[.?!])\s/));
      expect(sentences.filter((sentence) => sentence.split(/\s+/).length > 25)).toEqual([]);
    },
  );

  test("only the five results of the contract are green", () => {
    const green = Object.entries(EXIT_CODES).filter(([, code]) => code === 0);
    expect(green.map(([result]) => result)).toEqual([
      "rotated",
      "skipped",
      "checked",
      "verified",
      "copied",
      "finished",
    ]);
  });
});

describe("a reset that was undone", () => {
  const reason = { code: "proof-failed", proof: "rolled-back", doubt: null } as const;
  const old = { label, command: "gh api", isOld: true } as const;

  test("is told as what was seen, and the old secret is brought back only if verify says dead", () => {
    const { happened, world, now } = wordsFor({ ...nothingChanged("saved-unverified", reason), unsaved: [old] });
    expect(happened).toContain("SnapTrade rejected it and accepted the old one");
    expect(world).toContain("no destination has");
    expect(now[0]).toMatch(/^Start a new run with mode: verify/);
    expect(now[1]).toMatch(/^If that ends with dead: restore the old secret with this command/);
  });

  test("and a copy that was not saved: the old secret's command is none of a copy's", () => {
    const copies = { code: "copies-not-saved" } as const;
    const { happened } = wordsFor({ ...nothingChanged("partly-saved", copies), unsaved: [old] });
    expect(happened).not.toContain("Not saved in");
  });
});

describe("a run that has an older value", () => {
  test.each([
    ["after-start", "Start a new run with mode: verify"],
    [
      "after-job-start",
      "Start a new run with mode: verify, not a re-run. A job reads the secrets of its environment when it starts",
    ],
  ] as const)("%s gets one step", (changed, step) => {
    const dead = { code: "given-secret-dead", changed, isChecked: true } as const;
    const { now } = wordsFor(nothingChanged("dead", dead));
    expect(now).toHaveLength(1);
    expect(now[0]?.startsWith(step)).toBe(true);
  });
});

describe("what may be the new secret, found more than once", () => {
  const unsaved = [
    { label, command: "gh api 1" },
    { label, command: "gh api 2" },
  ];
  const { now } = wordsFor({ ...undecided({ code: "candidate-unproven" }), unsaved, escrow: "age" });
  const at = (wanted: RegExp): number => now.findIndex((step) => wanted.test(step));

  test("is tried value by value, the second one with gh, and before the age-encrypted secret", () => {
    expect(at(/^If that ends with dead: run command 1, only if/)).toBe(1);
    expect(
      at(/^If that ends with dead again: run command 2 with gh\. After the first save mode: finish does not accept it/),
    ).toBe(2);
    expect(at(/^If that ends with dead: save this age-encrypted secret/)).toBe(3);
  });
});

describe("a secret that is dead", () => {
  const stepsIn = (mode: string, changed: "before-start" | "unknown"): readonly string[] =>
    wordsFor(nothingChanged("dead", { code: "given-secret-dead", changed, isChecked: true }), { mode }).now;

  test("is not verified once more where verify was given what is saved", () => {
    const now = stepsIn("verify", "before-start");
    expect(now.join(" ")).not.toContain("mode: verify");
    expect(now[0]).toMatch(/^Look for a recovery command in the summaries of other runs/);
    expect(now[1]).toMatch(/^Only if no recovery command is left: start a run with mode: rescue/);
  });

  test.each([
    ["verify", "unknown"],
    ["rotate", "before-start"],
  ] as const)("is verified first in mode %s, %s", (mode, changed) => {
    const now = stepsIn(mode, changed);
    expect(now[0]).toMatch(/^Start a new run with mode: verify/);
    expect(now[1]).toMatch(/^If that ends with dead: /);
  });
});

/** What a person who repairs something may be refused for. */
const REFUSALS = OUTCOMES.filter(
  ({ result, reason: { code } }) =>
    result === "unchanged" && !["rescue-not-needed", "finish-not-needed", "finish-overtaken"].includes(code),
).map((outcome) => [outcome.reason.code, outcome] as const);

describe.each(["finish", "rescue"])("mode: %s", (mode) => {
  test.each(REFUSALS)("refused for %s is started again as it was", (code, outcome) => {
    const now = wordsFor(outcome, { mode }).now.join(" ");
    const isOfFinish = code.startsWith("finish-");
    if (mode === "rescue" && (isOfFinish || code === "given-secret-outdated")) return;
    expect(now).toMatch(new RegExp(`[Ss]tart a run with mode: ${mode} again`));
    expect(now).not.toMatch(/start a new run(?! with mode)/i);
    expect(now.includes("he save is still open")).toBe(mode === "finish");
  });
});

describe("mode: finish", () => {
  test("does not have a command used again that GitHub cannot open", () => {
    const reason = { code: "finish-refused", label, ...fault("box-refused") } as const;
    const { now } = wordsFor(nothingChanged("unchanged", reason), { mode: "finish" });
    expect(now).toHaveLength(3);
    expect(now[0]).toContain("with the last command in the log of the run that printed this one");
    expect(now[1]).toContain("open the age-encrypted secret");
    expect(now[2]).toMatch(/^Only if no recovery command is left: start a run with mode: rescue/);
  });

  test.each([
    ["job", /mode: verify in a new job proves it/],
    ["run", /mode: verify in a new run proves it/],
  ] as const)("tells what proves the save: a new %s", (provenBy, words) => {
    expect(wordsFor(nothingChanged("finished", { code: "finished", label, provenBy })).happened).toMatch(words);
  });

  test("tells when the secret was saved, and when the command was printed", () => {
    const reason = { code: "finish-overtaken", label, savedAt: 61_000, printedAt: 1_000 } as const;
    const { happened, now } = wordsFor(nothingChanged("unchanged", reason));
    expect(happened).toContain("saved at 1970-01-01T00:01:01Z, after the command was printed at 1970-01-01T00:00:01Z");
    expect(now[0]).toMatch(/^Start a new run with mode: verify/);
  });
});

describe("a refused rescue", () => {
  test.each<[number, string | null, boolean]>([
    [429, "0000", false],
    [401, "1076", false],
    [400, null, false],
    [401, "1083", true],
    [404, null, true],
  ])("with %d/%s speaks of deleting the user: %s", (status, code, isFinal) => {
    const { now } = wordsFor(
      nothingChanged("dead", { code: "rescue-refused", said: { status, code, sentence: null } }),
    );
    expect(now.join(" ").includes("delete the user")).toBe(isFinal);
  });
});

describe("what is said on the way", () => {
  test.each(Object.entries(NOTICES))("%s is a sentence", (_, notice) => {
    const text = noticeText(notice);
    expect(text).toMatch(/^[A-Z].*[.:\n-]/s);
    expect(text).not.toMatch(/undefined|null|NaN|\[object/);
  });

  test.each([true, false])("nothing has been changed yet, unless the reset may have been sent (%s)", (isResetSent) => {
    const text = noticeText({ ...NOTICES["waiting-for-rate-limit"], isResetSent });
    expect(text.includes("nothing has been changed yet")).toBe(!isResetSent);
  });

  test.each<[Extract<Notice, { code: "asking-on" }>["why"], string]>([
    ["old-still-live", "SnapTrade still accepts the old secret. Asking SnapTrade again for up to 90 s."],
    ["new-not-known", "SnapTrade does not accept the new secret yet. Asking SnapTrade again for up to 90 s."],
    [
      { kind: "no-answer", why: "cut off" },
      "SnapTrade gave no clear answer: there was no answer (cut off). Asking SnapTrade again for up to 90 s.",
    ],
  ])("that it is asked again is told with the cause: %j", (why, text) => {
    expect(noticeText({ code: "asking-on", why, forMs: 90_000 })).toBe(text);
  });

  test.each([
    [1, "1 ms"],
    [999.2, "1000 ms"],
    [1_000, "1.0 s"],
    [9_999, "10.0 s"],
    [10_000, "10 s"],
    [90_000, "90 s"],
  ])("a wait of %d ms is told as %s", (waitMs, told) => {
    expect(noticeText({ code: "settling", waitMs })).toContain(`Waiting ${told}, in case`);
  });

  test("the line before the reset says what to do if nothing follows it", () => {
    const text = noticeText({ code: "resetting" });
    expect(text).not.toContain("\n");
    expect(text).toMatch(
      /if neither this step nor its post step prints more.*do not delete the user.*new run.*docs\/recovery\.md/i,
    );
  });

  test("the line before the reset links to where the page certainly is", () => {
    expect(noticeText({ code: "resetting" }, "https://github.com/o/r/blob/v1/docs/recovery.md")).toMatch(
      /see https:\/\/github\.com\/o\/r\/blob\/v1\/docs\/recovery\.md$/,
    );
  });

  test("what a mask would tear out of the command is said behind it", () => {
    const text = noticeText({ ...NOTICES["sealed-command"], exposed: ["user-id", "client-id"] });
    const [before = "", after = ""] = text.split("gh api --method PUT\n");
    expect(before).not.toContain("user-id");
    expect(after).toMatch(/^If user-id or client-id is kept as a secret, GitHub prints \*\*\* instead of it/);
  });
  test.each(["sealed-command", "old-sealed-command"] as const)(
    "%s says whom it lets read an organization's secret",
    (code) => {
      const audience = { visibility: "all", selectedRepositoryIds: null } as const;
      const text = noticeText({ ...NOTICES[code], audience });
      expect(text).toContain("The command lets every repository of the organization read the secret. ");
      expect(text).toMatch(/only if no later rotation has succeeded:\ngh api/);
    },
  );

  test.each([true, false])("the sealed command is preceded by its condition (sure: %s)", (sure) => {
    const text = noticeText({ ...NOTICES["sealed-command"], sure });
    expect(text).toMatch(/only if no later rotation has succeeded:\ngh api/);
    expect(text.startsWith("If this run does not finish the save")).toBe(sure);
    expect(text.includes("mode: verify then ends with dead")).toBe(!sure);
  });
});
