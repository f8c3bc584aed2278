import type { Outcome } from "../../src/rotation/outcome";
import { nothingChanged, rotatedOutcome } from "../../src/rotation/outcome";
import { wordsFor } from "../../src/report/words";
import { renderSummary } from "../../src/report/summary";
import type { Scene } from "../../src/report/summary";
import { fault } from "../support/fake-destination";
import { START } from "../support/virtual-clock";

const LABEL = "NAME (secret of octo-org/brokerage)";
const PRIMARY = { label: LABEL, visible: "next-run" } as const;

function rendered(outcome: Outcome, known: Partial<Scene> = {}): string {
  return renderSummary({
    outcome,
    words: wordsFor(outcome),
    timings: [{ name: "Reset", ms: 12.6 }],
    remarks: [],
    primary: PRIMARY,
    userId: "user-1",
    isByPost: false,
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
      "```\n\nThe command lets every private and internal repository of the organization read the secret.";
    expect(rendered({ ...UNSAVED, unsaved: [{ ...one, audience }] })).toContain(readers);
    expect(rendered(UNSAVED)).not.toContain("The command lets");
  });

  test("shows the command that restores an old secret under the step that asks for it", () => {
    const unsaved = [{ label: LABEL, command: "gh api --method PUT x", isOld: true }] as const;
    const reason = { code: "proof-failed", proof: "rolled-back", doubt: null } as const;
    const text = rendered({ ...ROTATED, result: "saved-unverified", reason, unsaved });
    expect(text).toMatch(/### 2\. .*restore the old secret with this command, .*\n\n```sh\ngh api/);
    expect(text).not.toContain("Not saved in");
  });

  test("numbers the commands of what may be the new secret", () => {
    const two = [
      { label: LABEL, command: "gh api 1" },
      { label: LABEL, command: "gh api 2" },
    ];
    const text = rendered({ ...UNSAVED, unsaved: two });
    expect(text).toMatch(/### 2\. .*run command 1, .*\n\n```sh\ngh api 1/);
    expect(text).toMatch(/### 3\. .*run command 2 with gh\n\n```sh\ngh api 2/);
  });

  test("shows that a copy's command is not needed with mode: copy", () => {
    const unsaved = [{ label: LABEL, command: "gh api" }];
    const text = rendered(rotatedOutcome("partly-saved", { code: "copies-not-saved" }, { unsaved }));
    expect(text.split("<details>")[1]).toContain(
      `Recovery command for ${LABEL}, not needed with mode: copy:\n\n\`\`\`sh\ngh api\n`,
    );
  });

  test("of a save that was finished says that no reset was sent, and what is still to be done", () => {
    const reason = { code: "finished", label: LABEL, provenBy: "job" } as const;
    const text = rendered({ ...nothingChanged("finished", reason), saved: [LABEL] });
    expect(text).toContain("- This run sent a reset: no\n");
    expect(text).toContain(`- Saved in: ${LABEL}\n`);
    expect(text).not.toContain("Rotated at SnapTrade");
    expect(text).toContain("### 1. Verify it");
  });

  test.each([
    ["next-run", /queued/],
    ["next-job", /job \*\*starts\*\*/],
    ["elsewhere", /Everything that starts from now on/],
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
    expect(text).toContain("> [!NOTE]\n> The \\*first\\* thing.\n\n> [!NOTE]\n> The second.");
    expect(rendered(ROTATED)).not.toContain("[!NOTE]");
  });

  test("begins with the cause, the user and what never to do, then the first step and its command", () => {
    const permission = "Environments: Read and write";
    const detail = 'GitHub answered the PUT with 403 "Resource not accessible"';
    const { fault: denied } = fault("forbidden-permission", { permission, detail });
    const reason = { code: "primary-not-saved", label: LABEL, fault: denied } as const;
    const text = rendered({ ...UNSAVED, reason, escrow: null });
    expect(text.split("### 2.")[0]).toMatchSnapshot();
  });

  test("has a long sentence of a service below the steps, and whole", () => {
    const sentence = `"${"Resource not accessible ".repeat(15)}"`;
    const { fault: denied } = fault("forbidden", { detail: `GitHub answered the PUT with 403 ${sentence}` });
    const reason = { code: "primary-not-saved", label: LABEL, fault: denied } as const;
    const [above = "", below = ""] = rendered({ ...UNSAVED, reason }).split("<details>");
    expect(above).not.toContain(sentence);
    expect(below).toContain(sentence);
  });

  test("says in its first line why a job stays red although all is well", () => {
    const [, , first] = rendered(ROTATED, { isByPost: true }).split("\n");
    expect(first).toContain("so this job stays red. The post step finished its work, and nothing is left to do.");
  });

  test("names the page by one link with a text, where its address is certain", () => {
    const help = "https://github.com/o/r/blob/v1/docs/recovery.md#out-of-time";
    expect(rendered(UNSAVED, { help })).toContain(`[What out-of-time means, and what else can be done](${help})`);
    expect(rendered(UNSAVED)).toContain("docs/recovery.md#reason");
  });

  test("has no time-line where nothing was begun", () => {
    const text = rendered(nothingChanged("unchanged", { code: "journal-unavailable" }), { timings: [] });
    expect(text).not.toContain(" ms");
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
      const shown = line.replace(/^- (Saved in|\*\*Not saved in\*\*): /, "").replace(/^### /, "");
      expect(shown).not.toMatch(/(?<!\\)[<`[*{|]/);
    }
  });
});
