import { BAD_GATEWAY } from "../../sandbox/github/fault-effects";
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Stage } from "../../sandbox/stage";
import type { Play, StepChanges } from "../play";
import { at, folderFor, instant } from "../circumstances";
import { SENDING_AT } from "../../src/runner/layout";
import type { Scenario, Scenarios } from "./scenario";

/** As src/runner/layout.ts has it: magic, digest of the run, and so on. */
const DIGEST_AT = 31;
const RECORD_HEAD_BYTES = 12;

/** Main has the new secret and is killed before GitHub stores anything. */
function killedBeforeSave(stage: Stage): StepChanges {
  stage.github.faults.inject({ on: { which: "put" }, effect: { kind: "cut", applied: false, by: "rst" } });
  return { kill: instant(stage, "put-arrived") };
}

function journalIn(runnerTemp: string): string {
  const name = readdirSync(runnerTemp).find((one) => one.endsWith(".journal"));
  if (name === undefined) throw new Error("There is no journal.");
  return join(runnerTemp, name);
}

/** Between main and post something happens to the journal. */
function journalBecomes(says: string, row: Scenario["row"], change: (file: string) => void, left = true): Scenario {
  const play: Play = {
    prepare: (stage) => ({
      ...killedBeforeSave(stage),
      beforePost: ({ runnerTemp }) => {
        change(journalIn(runnerTemp));
      },
    }),
  };
  return { says, row, play, allowed: { filesLeft: left } };
}

function edit(file: string, change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(file);
  change(bytes);
  writeFileSync(file, bytes);
}

/** Where the n-th record begins. */
function recordAt(bytes: Buffer, n: number): number {
  let offset = SENDING_AT;
  for (let passed = 0; passed < n; passed += 1) offset += RECORD_HEAD_BYTES + bytes.readUInt32BE(offset);
  return offset;
}

/** The second half of the n-th record never came to the disk. */
function tear(file: string, n: number): void {
  edit(file, (bytes) => {
    const from = recordAt(bytes, n);
    const length = RECORD_HEAD_BYTES + bytes.readUInt32BE(from);
    if (length === RECORD_HEAD_BYTES) throw new Error("There is no record to tear.");
    bytes.fill(0, from + Math.floor(length / 2), from + length);
  });
}

const unknown = ["unknown", "post", 1, "not saved"] as const;

/** Longer than one question takes with all its repetitions, and far shorter than post has. */
const A_WHILE_MS = 1_500;

/** What post finds when main was killed. */
export const afterAKill: Scenarios = {
  "journal-torn-in-the-answer": journalBecomes(
    "only half of the answer's record is there",
    ["lost", "post", 1, "not saved"],
    (file) => {
      tear(file, 2);
    },
    false,
  ),
  "journal-damaged-in-the-announcement": journalBecomes(
    "the record that the reset leaves was damaged afterwards",
    unknown,
    (file) => {
      tear(file, 0);
    },
  ),
  "journal-of-another-run": journalBecomes("the journal is another run's", unknown, (file) => {
    edit(file, (bytes) => bytes.fill(7, DIGEST_AT, DIGEST_AT + 32));
  }),
  "journal-cut-short": journalBecomes("the journal lacks its end", unknown, (file) => {
    truncateSync(file, 4096);
  }),
  "journal-emptied": journalBecomes("the journal is empty", unknown, (file) => {
    truncateSync(file, 0);
  }),
  "journal-gone": journalBecomes("the journal is gone", unknown, (file) => {
    rmSync(file);
  }),
  "journal-of-old-lies-about": {
    says: "an earlier run has left its journal in RUNNER_TEMP",
    row: ["rotated", "main", 1, "saved"],
    allowed: { filesLeft: true },
    play: {
      prepare: (_stage, later) => {
        const runnerTemp = folderFor(later);
        writeFileSync(join(runnerTemp, "rotate-snaptrade-user-secret-0123456789abcdef.journal"), Buffer.alloc(4096, 7));
        return { runnerTemp };
      },
    },
  },
  "recipient-gone-bad": {
    says: "main is killed before the save, and post is given a recovery-recipient whose checksum is wrong",
    row: ["rotated", "post", 1, "saved"],
    play: {
      prepare: (stage) => ({
        ...killedBeforeSave(stage),
        postInputs: { ...stage.inputs, "recovery-recipient": `age1${"q".repeat(58)}` },
      }),
    },
  },
  "inputs-gone-bad": {
    says: "main is killed before the save, and all inputs that post does not need have become nonsense",
    row: ["rotated", "post", 1, "saved"],
    play: {
      prepare: (stage) => ({
        ...killedBeforeSave(stage),
        postInputs: {
          ...stage.inputs,
          "recovery-recipient": "age1x",
          create: "?",
          canary: "?",
          "min-age": "?",
          "export-env": "?",
          "reset-timeout": "?",
        },
      }),
    },
  },
  "kept-but-undecided": {
    says: "main is killed when GitHub has stored the secret, and SnapTrade is down when post looks",
    row: ["unsaved", "post", 1, "saved"],
    play: {
      prepare: (stage) => ({
        kill: instant(stage, "put-applied"),
        beforePost: async () => {
          await stage.snapTrade.goDown();
        },
      }),
    },
  },
  "kept-and-undecided-for-a-while": {
    says: "main is killed when GitHub has stored the secret, and SnapTrade is down for a while when post looks",
    row: ["rotated", "post", 1, "saved"],
    play: {
      prepare: (stage) => ({
        kill: instant(stage, "put-applied"),
        beforePost: async () => {
          await stage.snapTrade.goDown({ forMs: A_WHILE_MS });
        },
      }),
    },
  },
  "kept-and-both-down-for-a-while": {
    says: "main is killed before the save, and SnapTrade and GitHub both are of no use for a while when post looks",
    row: ["rotated", "post", 1, "saved"],
    play: {
      prepare: (stage) => ({
        ...killedBeforeSave(stage),
        beforePost: async () => {
          stage.github.faults.inject({ on: { which: "metadata" }, effect: BAD_GATEWAY, times: 10 });
          await stage.snapTrade.goDown({ forMs: A_WHILE_MS });
        },
      }),
    },
  },
  "candidate-is-a-message": {
    says: "SnapTrade refuses the reset with a text under userSecret, and main is killed while it asks about that text",
    row: ["unchanged", "post", 0, "saved"],
    play: {
      prepare: (stage) => {
        const { snapTrade } = stage;
        const body = JSON.stringify({ userSecret: "This field may not be blank.", status_code: 400 });
        snapTrade.faults.onReset({ commit: "never", answer: () => ({ status: 400, body, strays: "body" }) });
        const kill = snapTrade.waitFor("reset-answered").then(() => instant(stage, "probe-arrived"));
        return { kill };
      },
    },
  },
  "kept-but-overtaken": {
    says: "main is killed before the save, and another run rotates and saves before post looks",
    row: ["unknown", "post", 1, "saved"],
    play: {
      prepare: (stage) => ({
        ...killedBeforeSave(stage),
        beforePost: () => {
          const theirs = stage.snapTrade.rotateBehindBack(stage.userId);
          for (const { where, name } of stage.destinations) stage.github.faults.humanWrites(where, name, theirs);
        },
      }),
    },
  },
  "post-killed-before-save": {
    says: "main is killed before the save, and post too",
    row: ["", "nobody", 1, "not saved"],
    allowed: { filesLeft: true },
    play: {
      prepare: (stage) => {
        stage.github.faults.inject({
          on: { which: "put" },
          effect: { kind: "cut", applied: false, by: "rst" },
          times: "always",
        });
        let puts = 0;
        const killed = { main: deferred(), post: deferred() };
        stage.github.on("put-arrived", async () => {
          puts += 1;
          (puts === 1 ? killed.main : killed.post).settle();
          await new Promise((resolve) => setTimeout(resolve, 200));
        });
        return { kill: killed.main.promise, killPost: killed.post.promise };
      },
    },
  },
  "post-killed-after-save": {
    says: "main is killed before the save, and post when it has saved",
    row: ["", "nobody", 1, "saved"],
    allowed: { filesLeft: true },
    play: {
      prepare: (stage) => {
        const killedPost = deferred();
        at(stage, "put-applied", async () => {
          killedPost.settle();
          await new Promise((resolve) => setTimeout(resolve, 200));
        });
        return { ...killedBeforeSave(stage), killPost: killedPost.promise };
      },
    },
  },
};

function deferred(): { readonly promise: Promise<void>; settle(): void } {
  let settle = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { promise, settle: () => settle() };
}
