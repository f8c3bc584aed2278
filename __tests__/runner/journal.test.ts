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
import type { Remains, SavedRecord, Sending, SentReply } from "../../src/rotation/ports";
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

/** The magic, the digest, the salt, the process, and the two bytes about who is at work. */
const HEADER_BYTES = "rotate-snaptrade-user-secret/1\n".length + 32 + 32 + 4 + 2;
const CANARIES = ["NAME_CANARY_0123456789ABCDEF", "COPY_CANARY_FEDCBA9876543210"];
const NOTHING: Remains = { kind: "not-sent", canaries: [], isCopying: false };

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

/** Where the first record begins: behind the header, at a length that is not 0. Its first bytes may be. */
function beginOf(bytes: Buffer): number {
  return bytes.findIndex((byte, at) => at >= HEADER_BYTES && byte !== 0);
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
  saved: [],
} as const satisfies Remains;

describe("what main leaves", () => {
  test("nothing sent yet", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    expect([open(journal.path), journal.isSending]).toEqual([NOTHING, false]);
  });

  test("nothing sent yet, but canaries may stand, of which it has the names", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    journal.trying(CANARIES);
    expect([open(journal.path), journal.isSending]).toEqual([{ ...NOTHING, canaries: CANARIES }, false]);
    expect(open(journal.path, { user: "another" })).toEqual({ kind: "unreadable" });
    expect(readFileSync(journal.path).includes("_CANARY_")).toBe(false);
  });

  test("a hundred canaries with the longest names of all", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    const canaries = Array.from({ length: 100 }, (_, index) => `${"N".repeat(230)}_CANARY_${1e15 + index}`);
    journal.trying(canaries);
    expect(open(journal.path)).toEqual({ ...NOTHING, canaries });
    expect(() => journal.trying([...canaries, ...canaries, ...canaries])).toThrow(RangeError);
  });

  test("sent after it was noted that canaries may stand", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    journal.trying(CANARIES);
    journal.sending(FACTS);
    expect(open(journal.path)).toEqual({ kind: "sent", sending: FACTS, reply: null, saved: [] });
  });

  test("a note of canaries that is torn or changed at any byte names none, and says nothing else", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    journal.trying(CANARIES);
    const whole = readFileSync(journal.path);
    const end = endOf(whole);
    const begin = beginOf(whole);
    for (let at = begin; at < end; at += 1) {
      const changed = Buffer.from([(whole[at] ?? 0) ^ 0x41]);
      for (const damage of [Buffer.alloc(end - at), changed]) {
        expect(openDamaged(journal.path, whole, at, damage)).toEqual(NOTHING);
      }
    }
  }, 60_000);

  test("copies of the live secret on their way, with or without canaries", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    journal.copying();
    expect([open(journal.path), journal.isSending]).toEqual([{ ...NOTHING, isCopying: true }, false]);
    journal.trying(CANARIES);
    const both = { kind: "not-sent", canaries: CANARIES, isCopying: true };
    expect([open(journal.path), journal.remains()]).toEqual([both, both]);
  });

  test("a note of copies that is torn or changed still says that there may be some", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    journal.copying();
    const whole = readFileSync(journal.path);
    const end = endOf(whole);
    // From its checksum on: before that nobody can tell that there is anything.
    for (let at = beginOf(whole) + 1; at < end; at += 1) {
      const changed = Buffer.from([(whole[at] ?? 0) ^ 0x41]);
      for (const damage of [Buffer.alloc(end - at), changed]) {
        expect(openDamaged(journal.path, whole, at, damage)).toEqual({ ...NOTHING, isCopying: true });
      }
    }
  }, 60_000);

  test("nothing is sent where the file is gone: post would not find what is kept in it", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    rmSync(journal.path);
    expect(() => journal.sending(FACTS)).toThrow();
    expect(journal.isSending).toBe(false);
  });

  test("sent, and no answer", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    journal.sending(FACTS);
    expect([open(journal.path), journal.isSending]).toEqual([
      { kind: "sent", sending: FACTS, reply: null, saved: [] },
      true,
    ]);
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
      expect(remains).toEqual({ kind: "sent", sending: FACTS, reply: WHOLE_REPLY, saved: [] });
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
        expect(remains).toEqual({ kind: "sent", sending: FACTS, reply: PART, saved: [] });
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

describe("the rehearsal", () => {
  const MADE_UP = replyOf("a made-up-secret");

  test("leaves nothing, whatever was noted before", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    journal.trying(CANARIES);
    const before = readFileSync(journal.path);
    journal.rehearse(MADE_UP);
    expect(readFileSync(journal.path).equals(before)).toBe(true);
    journal.sending(FACTS);
    expect(journal.keep({ ...replyOf(ANSWER, "cut"), at: 12_345.678 })).toBe(true);
    expect(open(journal.path)).toEqual(WHOLE);
  });

  test("that was killed in between is taken for nothing that came back, before the reset and after it", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    const { writeSync } = fs;
    let writes = 0;
    const killed = jest.spyOn(fs, "writeSync").mockImplementation((...given: Parameters<typeof writeSync>) => {
      writes += 1;
      if (writes === 2) throw new Error("killed");
      return writeSync(...given);
    });
    expect(() => journal.rehearse(MADE_UP)).toThrow("killed");
    killed.mockRestore();
    const bytes = readFileSync(journal.path);
    expect([beginOf(bytes) > HEADER_BYTES, bytes.includes("made-up-secret")]).toEqual([true, false]);
    expect(open(journal.path)).toEqual(NOTHING);
    expect(journal.remains()).toEqual(NOTHING);
  });

  test("that the disk does not take is told", () => {
    const journal = JournalFile.create(folder, BINDING, KEY);
    const full = jest.spyOn(fs, "writeSync").mockImplementation(() => {
      throw new Error("ENOSPC");
    });
    expect(() => journal.rehearse(MADE_UP)).toThrow("ENOSPC");
    full.mockRestore();
    expect(open(journal.path)).toEqual(NOTHING);
  });
});

describe("saves that GitHub has acknowledged", () => {
  const SAVES: readonly SavedRecord[] = ["one", "two", "three"].map((label, index) => ({
    label,
    at: 5 + index,
    serverTime: index === 1 ? null : 1_000,
  }));
  const [ONE, TWO, THREE] = SAVES;
  const PART = { ...replyOf("half of the", "deadline"), at: 1 };
  const LAST = { ...replyOf(ANSWER), at: 2 };

  function noted(...records: readonly (SavedRecord | SentReply | undefined)[]): JournalFile {
    const journal = JournalFile.create(folder, BINDING, KEY);
    journal.sending(FACTS);
    for (const record of records) {
      if (record === undefined) throw new Error("there is such a record");
      if ("label" in record) journal.saved(record);
      else journal.keep(record);
    }
    return journal;
  }

  test("are told in their order, between answers or behind them", () => {
    for (const journal of [
      noted(LAST, ONE, TWO, THREE),
      noted(PART, ONE, TWO, LAST, THREE),
      noted(PART, ...SAVES, LAST),
    ]) {
      expect(open(journal.path)).toEqual({ kind: "sent", sending: FACTS, reply: LAST, saved: SAVES });
    }
  });

  test("do not open to another's key", () => {
    expect(open(noted(LAST, ONE).path, {}, { oldSecret: new Secret("other") })).toEqual({ kind: "unreadable" });
  });

  test("are not forgotten where no answer could be kept", () => {
    expect(open(noted(ONE).path)).toEqual({ kind: "sent", sending: FACTS, reply: null, saved: [ONE] });
  });

  test("torn or changed at any byte: those before it are told, and the answer", () => {
    const journal = noted(LAST, ONE);
    const first = endOf(readFileSync(journal.path));
    if (TWO === undefined) throw new Error("there are three");
    journal.saved(TWO);
    const whole = readFileSync(journal.path);
    const end = endOf(whole);
    for (let at = first; at < end; at += 1) {
      const changed = Buffer.from([(whole[at] ?? 0) ^ 0x41]);
      for (const damage of [Buffer.alloc(end - at), changed]) {
        const remains = openDamaged(journal.path, whole, at, damage);
        // The first bytes of a length are 0, as where nothing was begun.
        expect(remains).toMatchObject({ kind: "sent", reply: LAST });
        if (remains?.kind === "sent" && remains.saved.length !== 1) expect(damage.length + at).toBe(end);
      }
    }
  }, 60_000);

  test("that the disk does not take delay and break nothing", () => {
    const journal = noted(LAST);
    const full = jest.spyOn(fs, "writeSync").mockImplementation(() => {
      throw new Error("ENOSPC");
    });
    const [one] = SAVES;
    if (one !== undefined) expect(() => journal.saved(one)).not.toThrow();
    full.mockRestore();
    expect(open(journal.path)).toEqual({ kind: "sent", sending: FACTS, reply: LAST, saved: [] });
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
    for (let at = beginOf(whole); at < end; at += 1) {
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
    for (let at = beginOf(whole); at < end; at += 1) {
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
