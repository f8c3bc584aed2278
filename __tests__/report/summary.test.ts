import type { Outcome } from "../../src/rotation/outcome";
import { nothingChanged, rotatedOutcome } from "../../src/rotation/outcome";
import { wordsFor } from "../../src/report/words";
import { renderSummary } from "../../src/report/summary";
import type { Scene } from "../../src/report/summary";
import { START } from "../support/virtual-clock";

const LABEL = "NAME (secret of octo-org/brokerage)";
const PRIMARY = { label: LABEL, visible: "next-run" } as const;

function rendered(outcome: Outcome, known: Partial<Scene> = {}): string {
  return renderSummary({
    outcome,
    words: wordsFor(outcome),
    steps: [{ name: "Reset", ms: 12.6 }],
    remarks: [],
    primary: PRIMARY,
    help: "docs/recovery.md#reason",
    ...known,
  });
}

const ROTATED = rotatedOutcome("rotated", { code: "rotated" }, { rotatedAt: START, atRiskMs: 41.7, saved: [LABEL] });
const UNSAVED = rotatedOutcome(
  "unsaved",
  { code: "out-of-time" },
  {
    rotatedAt: START,
    unsaved: [{ label: LABEL, command: "gh api --method PUT x\n" }],
    escrow: "-----BEGIN AGE-----\n",
  },
);

describe("the job summary", () => {
  test("of a rotation", () => {
    expect(rendered(ROTATED)).toMatchSnapshot();
  });

  test("of a secret that is not saved holds all that recovers it", () => {
    expect(rendered(UNSAVED)).toMatchSnapshot();
  });

  test("says whom a command lets read an organization's secret, and nothing of it elsewhere", () => {
    const audience = { visibility: "private", selectedRepositoryIds: null } as const;
    const [one] = UNSAVED.unsaved;
    if (one === undefined) throw new Error("there is one");
    const readers =
      "The command lets every private and internal repository of the organization read the secret.\n\n```";
    expect(rendered({ ...UNSAVED, unsaved: [{ ...one, audience }] })).toContain(readers);
    expect(rendered(UNSAVED)).not.toContain("The command lets");
  });

  test("calls the command that brings an old secret back what it is", () => {
    const unsaved = [{ label: LABEL, command: "gh api --method PUT x", isOld: true }] as const;
    const text = rendered({ ...ROTATED, unsaved });
    expect(text).toContain(`### The command that brings the old secret back to ${LABEL}\n\n\`\`\`\ngh api`);
    expect(text).not.toContain("Not saved in");
  });

  test("numbers the commands of what may be the new secret", () => {
    const two = [
      { label: LABEL, command: "gh api 1" },
      { label: LABEL, command: "gh api 2" },
    ];
    const text = rendered({ ...UNSAVED, unsaved: two });
    expect(text).toContain(`### Command 1 of 2 that saves ${LABEL}\n\n\`\`\`\ngh api 1`);
    expect(text).toContain(`### Command 2 of 2 that saves ${LABEL}\n\n\`\`\`\ngh api 2`);
  });

  test("tells that a copy's command is not needed with mode: copy", () => {
    const unsaved = [{ label: LABEL, command: "gh api" }];
    const text = rendered(rotatedOutcome("partly-saved", { code: "copies-not-saved" }, { unsaved }));
    expect(text).toContain(`### The command that saves ${LABEL}. Not needed if you use mode: copy\n`);
  });

  test("of a save that was finished says that no reset was sent, and what is still to be done", () => {
    const reason = { code: "finished", label: LABEL, provenBy: "job" } as const;
    const text = rendered({ ...nothingChanged("finished", reason), saved: [LABEL] });
    expect(text).toContain("| This run sent a reset | no |");
    expect(text).toContain(`| Saved in | ${LABEL} |`);
    expect(text).not.toContain("is a new one");
    expect(text).toContain("### What to do now\n\n1. Have it verified");
  });

  test.each([
    ["next-run", /queued/],
    ["next-job", /job \*\*starts\*\*/],
    ["elsewhere", /whatever starts from now on/],
  ] as const)("tells when jobs see what was saved: %s", (visible, words) => {
    expect(rendered(ROTATED, { primary: { label: LABEL, visible } })).toMatch(words);
  });

  test("tells nothing of that where the primary is not saved, or not known", () => {
    expect(rendered(UNSAVED)).not.toMatch(/queued/);
    expect(rendered(ROTATED, { primary: null })).not.toMatch(/queued/);
  });

  test("tells next to a command what a mask may have torn out of it", () => {
    const torn = [{ label: LABEL, command: "gh api --method PUT x", exposed: ["user-id"] }];
    const text = rendered({ ...UNSAVED, unsaved: torn });
    expect(text).toMatch(/gh api --method PUT x\n```\n\nIf user-id is kept as a secret/);
  });

  test("holds what did not stop the run, as text", () => {
    const text = rendered(ROTATED, { remarks: ["The *first* thing.", "The second."] });
    expect(text).toContain("**Note.** The \\*first\\* thing.\n\n**Note.** The second.");
    expect(rendered(ROTATED)).not.toContain("Note");
  });

  test("has no time-line where nothing was begun", () => {
    const text = rendered(nothingChanged("unchanged", { code: "journal-unavailable" }), { steps: [] });
    expect(text).not.toContain("<details>");
  });

  test("never exceeds GitHub's limit, and keeps what comes first", () => {
    const command = "x".repeat(60_000);
    const unsaved = Array.from({ length: 40 }, () => ({ label: LABEL, command }));
    const text = rendered({ ...UNSAVED, unsaved });
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
    expect(text).toContain("_More is in the log of this step._");
    expect(text).toContain("-----BEGIN AGE-----");
  });

  test("takes a hostile label for text", () => {
    const label = "N (secret of environment </td>|`<img src=x>`[a](b)#1 *x* _y_ {z} \\ in o/r)";
    const text = rendered(
      { ...UNSAVED, saved: [label], unsaved: [{ label, command: "gh" }] },
      { primary: { label, visible: "next-run" } },
    );
    for (const line of text.split("\n").filter((one) => /secret of environment/.test(one))) {
      const shown = line
        .replace(/^\| (Saved in|\*\*Not saved in\*\*) \| /, "")
        .replace(/ \|$/, "")
        .replace(/^### /, "");
      expect(shown).not.toMatch(/(?<!\\)[<`[*{|]/);
    }
  });
});
