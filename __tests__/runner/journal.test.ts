import fs from "node:fs";
import {
  linkSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  readdirSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nothingChanged } from "../../src/rotation/outcome";
import type { Remains, Sending } from "../../src/rotation/ports";
import { Secret } from "../../src/rotation/secret";
import { JournalFile } from "../../src/runner/journal";
import type { Binding, JournalKey } from "../../src/runner/journal";
import { replyOf } from "../support/raw-answer";

const BINDING: Binding = {
  repository: "octo-org/brokerage",
  destinations: ["NAME (secret of octo-org/brokerage)"],
  user: "user-1",
  runId: "1",
  runAttempt: "1",
};
const KEY: JournalKey = { consumerKey: new Secret("consumer"), oldSecret: new Secret("old") };
const FACTS: Sending = { stores: [{ updatedAt: null, key: { keyId: "1", publicKey: "k", audience: null } }] };
const ANSWER = Buffer.concat([Buffer.from("the-new-secret"), Buffer.from([0, 255, 10])]);
const OUTCOME = nothingChanged("unchanged", { code: "ended-before-reset" });

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "journal-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A journal that holds an answer, as main leaves it when it is killed. */
function kept(): JournalFile {
  const journal = JournalFile.create(folder, BINDING, KEY);
  journal.sending(FACTS);
  expect(journal.keep({ ...replyOf(ANSWER, "cut"), at: 12_345.678 })).toBe(true);
  return journal;
}

function open(file: string, binding: Partial<Binding> = {}, key: Partial<JournalKey> = {}): Remains | null {
  return JournalFile.open(file, { ...BINDING, ...binding }, { ...KEY, ...key })?.remains ?? null;
}

/** Where the last record ends. */
function endOf(bytes: Buffer): number {
  return bytes.findLastIndex((byte) => byte !== 0) + 1;
}

/** What is read of the journal while other bytes stand at one place of it. */
function openDamaged(file: string, whole: Buffer, at: number, damage: Buffer): Remains | null {
  const fd = fs.openSync(file, "r+");
  try {
    fs.writeSync(fd, damage, 0, damage.length, at);
    return open(file);
  } finally {
    fs.writeSync(fd, whole, at, damage.length, at);
    fs.closeSync(fd);
  }
}

const WHOLE = {
  kind: "sent",
  sending: FACTS,
  reply: { ...replyOf(ANSWER, "cut"), at: 12_345.678 },
} as const satisfies Remains;

describe("what main leaves", () => {
  test("nothing sent yet", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    expect([open(journal.path), journal.isSending]).toEqual([{ kind: "not-sent", canariesTried: false }, false]);
  });

  test("nothing sent yet, but canaries may stand", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    journal.trying();
    expect([open(journal.path), journal.isSending]).toEqual([{ kind: "not-sent", canariesTried: true }, false]);
    expect(open(journal.path, { user: "another" })).toEqual({ kind: "unreadable" });
  });

  test("sent after it was noted that canaries may stand", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    journal.trying();
    journal.sending(FACTS);
    expect(open(journal.path)).toEqual({ kind: "sent", sending: FACTS, reply: null });
  });

  test("a note of canaries that is torn says that none was begun", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    journal.trying();
    const bytes = readFileSync(journal.path);
    const at = bytes.findIndex((byte, index) => index > 120 && byte !== 0);
    bytes[at + 1] = (bytes[at + 1] ?? 0) ^ 1;
    writeFileSync(journal.path, bytes);
    expect(open(journal.path)).toEqual({ kind: "not-sent", canariesTried: false });
  });

  test("nothing is sent where the file is gone: post would not find what is kept in it", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    rmSync(journal.path);
    expect(() => journal.sending(FACTS)).toThrow();
    expect(journal.isSending).toBe(false);
  });

  test("sent, and no answer", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    journal.sending(FACTS);
    expect([open(journal.path), journal.isSending]).toEqual([{ kind: "sent", sending: FACTS, reply: null }, true]);
  });

  test("sent, and the answer with every byte of it", () => {
    const journal = kept();
    expect(open(journal.path)).toEqual(WHOLE);
    expect(journal.remains()).toEqual(WHOLE);
  });

  test("concluded", () => {
    const journal = kept();
    journal.conclude(OUTCOME);
    expect(open(journal.path)).toEqual({ kind: "concluded", outcome: OUTCOME });
  });

  test("and who it was", () => {
    expect(JournalFile.open(kept().path, BINDING, KEY)?.pid).toBe(process.pid);
  });
});

describe("post takes over from a main that still lives", () => {
  test("which sends nothing any more, and post may have seen its note", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    const post = JournalFile.open(journal.path, BINDING, KEY);
    expect(() => journal.sending(FACTS)).toThrow("post has taken over");
    expect([post?.remains.kind, post?.journal.remains().kind, journal.isSending]).toEqual(["not-sent", "sent", false]);
  });

  test("which leaves what it has kept and said, until post has finished", () => {
    const journal = kept();
    const post = JournalFile.open(journal.path, BINDING, KEY)?.journal;
    journal.remove();
    expect(post?.remains()).toEqual(WHOLE);
    journal.conclude(OUTCOME);
    journal.remove();
    expect(post?.remains()).toEqual({ kind: "concluded", outcome: OUTCOME });
    post?.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("and believes nothing of a file that main may be wiping already", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    const held = join(folder, "held");
    linkSync(journal.path, held);
    journal.remove();
    expect([readdirSync(folder), open(held)]).toEqual([["held"], null]);
  });

  test("but what main said is whole or not there", () => {
    const journal = kept();
    const held = join(folder, "held");
    linkSync(journal.path, held);
    journal.conclude(OUTCOME);
    const concluded = readFileSync(journal.path);
    journal.remove();
    const wiping = readFileSync(held);
    writeFileSync(held, Buffer.concat([wiping.subarray(0, 101), concluded.subarray(101)]));
    expect(open(held)).toEqual({ kind: "concluded", outcome: OUTCOME });
  });

  test("and reads what was kept also where the disk takes not one byte", () => {
    const journal = kept();
    const full = jest.spyOn(fs, "writeSync").mockImplementation(() => {
      throw new Error("ENOSPC");
    });
    const post = JournalFile.open(journal.path, BINDING, KEY);
    full.mockRestore();
    expect([post?.hasTakenOver, post?.remains]).toEqual([false, WHOLE]);
    expect(JournalFile.open(journal.path, BINDING, KEY)?.hasTakenOver).toBe(true);
  });

  test("which, once post has finished, does not believe that nothing was sent", () => {
    const journal = kept();
    JournalFile.open(journal.path, BINDING, KEY)?.journal.remove();
    expect(journal.remains()).toEqual({ kind: "unreadable" });
  });

  test("whose file it finds emptied, and wiped afterwards", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    journal.sending(FACTS);
    const post = JournalFile.open(journal.path, BINDING, KEY)?.journal;
    journal.keep(replyOf(Buffer.alloc(5 * 1024 * 1024)));
    journal.remove();
    expect(post?.remains()).toEqual({ kind: "unreadable" });
  });

  test("whose file it finds emptied", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    journal.sending(FACTS);
    const post = JournalFile.open(journal.path, BINDING, KEY)?.journal;
    journal.keep(replyOf(Buffer.alloc(5 * 1024 * 1024)));
    expect(post?.remains()).toEqual({ kind: "unreadable" });
  });
});

describe("a second answer, where the first was over its time", () => {
  const PART = { ...replyOf("half of the", "deadline"), at: 1 };
  const WHOLE_REPLY = { ...replyOf(ANSWER), sentAt: 5, at: 12_345.678 };

  function keptTwice(): JournalFile {
    const journal = JournalFile.create(folder, BINDING, KEY);
    journal.sending(FACTS);
    expect([journal.keep(PART), journal.keep(WHOLE_REPLY)]).toEqual([true, true]);
    return journal;
  }

  test("is the one that counts", () => {
    const journal = keptTwice();
    for (const remains of [open(journal.path), journal.remains()]) {
      expect(remains).toEqual({ kind: "sent", sending: FACTS, reply: WHOLE_REPLY });
    }
  });

  test("that is torn at any byte, or changed, leaves the first or is whole", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    journal.sending(FACTS);
    journal.keep(PART);
    const first = endOf(readFileSync(journal.path));
    journal.keep(WHOLE_REPLY);
    const whole = readFileSync(journal.path);
    const end = endOf(whole);
    for (let at = first + 1; at < end; at += 1) {
      const changed = Buffer.from([(whole[at] ?? 0) ^ 0x41]);
      for (const damage of [Buffer.alloc(end - at), changed]) {
        const remains = openDamaged(journal.path, whole, at, damage);
        expect(remains).toEqual({ kind: "sent", sending: FACTS, reply: PART });
      }
    }
  }, 60_000);

  test("has room beside the first, however large both are", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    journal.sending(FACTS);
    const largest = Buffer.alloc(2 * 1024 * 1024, 7);
    expect([journal.keep(replyOf(largest)), journal.keep(replyOf(largest)), journal.keep(replyOf(largest))]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("does not open to another's key either", () => {
    const { path } = keptTwice();
    expect(open(path, {}, { oldSecret: new Secret("other") })).toEqual({ kind: "unreadable" });
  });

  test("is wiped with the first when the run is concluded", () => {
    const journal = keptTwice();
    journal.conclude(OUTCOME);
    expect(open(journal.path)).toEqual({ kind: "concluded", outcome: OUTCOME });
    const bytes = readFileSync(journal.path);
    const answers = bytes.subarray(101, bytes.length - 256 * 1024);
    expect(answers.findIndex((byte) => byte !== 0)).toBe(-1);
  });
});

describe("the file", () => {
  test("is for its owner alone, is reserved in full, and holds nothing readable", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    const { mode, size } = statSync(journal.path);
    expect(mode & 0o777).toBe(0o600);
    journal.sending(FACTS);
    journal.keep(replyOf(ANSWER));
    expect(statSync(journal.path).size).toBe(size);
    const bytes = readFileSync(journal.path);
    for (const text of ["the-new-secret", "consumer", "user-1", "brokerage"]) expect(bytes.includes(text)).toBe(false);
  });

  test("never has the same name or the same ciphertext twice", () => {
    const [one, other] = [kept(), kept()];
    expect(one.path).not.toBe(other.path);
    expect(readFileSync(one.path).equals(readFileSync(other.path))).toBe(false);
  });

  test("cannot be made in a folder that is not there, and leaves nothing", () => {
    expect(() => JournalFile.create(join(folder, "none"), BINDING, KEY)).toThrow();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("is not opened through a link", () => {
    const journal = kept();
    const link = join(folder, "link");
    symlinkSync(journal.path, link);
    expect(open(link)).toBeNull();
  });

  test("is gone, and wiped before, when the work is done", () => {
    const journal = kept();
    journal.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("can be removed twice, or when somebody else has", () => {
    const journal = kept();
    rmSync(journal.path);
    journal.remove();
    expect(() => journal.remove()).not.toThrow();
  });

  test("that has been concluded holds no byte of the answer any more", () => {
    const journal = kept();
    const before = readFileSync(journal.path);
    journal.conclude(OUTCOME);
    const after = readFileSync(journal.path);
    const written = [...before.entries()].filter(([at, byte]) => at >= 100 && byte !== 0).map(([at]) => at);
    expect(written.length).toBeGreaterThan(ANSWER.length);
    expect(written.filter((at) => after[at] !== 0)).toEqual([]);
  });
});

describe("an answer that is too large", () => {
  test("is not kept, and post gets no word that nothing came back", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    journal.sending(FACTS);
    expect(journal.keep(replyOf(Buffer.alloc(5 * 1024 * 1024)))).toBe(false);
    expect(open(journal.path)).toBeNull();
  });

  test("two megabytes are kept", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    journal.sending(FACTS);
    expect(journal.keep(replyOf(Buffer.alloc(2 * 1024 * 1024, 7)))).toBe(true);
  });

  test("an outcome that is too large is concluded without its commands", () => {
    const journal = kept();
    journal.conclude({ ...OUTCOME, escrow: "x".repeat(300_000) });
    expect(open(journal.path)).toMatchObject({ kind: "concluded", outcome: { escrow: null, result: "unchanged" } });
  });
});

describe("a journal of another", () => {
  test.each<[string, Partial<Binding>]>([
    ["run", { runId: "2" }],
    ["attempt", { runAttempt: "2" }],
    ["repository", { repository: "octo-org/other" }],
  ])("%s is none of ours", (_, binding) => {
    expect(open(kept().path, binding)).toBeNull();
  });

  test.each<[string, Partial<Binding>, Partial<JournalKey>]>([
    ["user", { user: "user-2" }, {}],
    ["destination", { destinations: ["OTHER"] }, {}],
    ["order of destinations", { destinations: [...BINDING.destinations, "B"] }, {}],
    ["old secret", {}, { oldSecret: new Secret("other") }],
    ["consumer key", {}, { consumerKey: new Secret("other") }],
    ["split of the two", {}, { consumerKey: new Secret("consumero"), oldSecret: new Secret("ld") }],
  ])("%s does not open", (_, binding, key) => {
    expect(open(kept().path, binding, key)).toEqual({ kind: "unreadable" });
    const concluded = kept();
    concluded.conclude(OUTCOME);
    expect(open(concluded.path, binding, key)).toEqual({ kind: "unreadable" });
  });

  test.each([
    ["nothing", ""],
    ["a text", "hello"],
    ["zeros", "\0".repeat(4_800_000)],
  ])("kind, %s, is none", (_, content) => {
    const file = join(folder, "file");
    writeFileSync(file, content);
    expect(open(file)).toBeNull();
    expect(open(join(folder, "none"))).toBeNull();
  });
});

describe("a journal that is torn", () => {
  test("at any byte of its answer gives the whole answer or none, never another", () => {
    const { path } = kept();
    const whole = readFileSync(path);
    const end = endOf(whole);
    for (let at = 99; at < end; at += 1) {
      const remains = openDamaged(path, whole, at, Buffer.alloc(end - at));
      if (remains?.kind === "sent" && remains.reply !== null) expect(remains).toEqual(WHOLE);
      else
        expect(remains?.kind === "not-sent" || remains?.kind === "sent" || remains?.kind === "unreadable").toBe(true);
    }
  }, 60_000);

  test("with any byte changed gives the whole answer or none, never another", () => {
    const { path } = kept();
    const whole = readFileSync(path);
    const end = endOf(whole);
    for (let at = 99; at < end; at += 1) {
      const remains = openDamaged(path, whole, at, Buffer.from([(whole[at] ?? 0) ^ 0x41]));
      expect(remains?.kind).not.toBe("concluded");
      if (remains?.kind === "sent" && remains.reply !== null) expect(remains.reply).toEqual(WHOLE.reply);
    }
  }, 60_000);

  test("cut short is none", () => {
    const journal = kept();
    const file = join(folder, "short");
    writeFileSync(file, readFileSync(journal.path).subarray(0, -1));
    expect(open(file)).toBeNull();
  });
});
