import fs from "node:fs";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jest } from "@jest/globals";
import type { Sending, SentReply, WriteRecord } from "../../src/rotation/model";
import { nothingChanged } from "../../src/rotation/outcome";
import type { Remains } from "../../src/rotation/ports";
import type { Binding, JournalFile as Journal, JournalKey, LeftJournal } from "../../src/runner/journal";
import { ANNOUNCED_AT, HEADER_BYTES, OUTCOME_AT, TRYING_AT } from "../../src/runner/layout";
import { Secret } from "../../src/text/secret";
import { replyOf } from "../support/raw-answer";
import { shareOf } from "../../harness/share";

/** What the journal calls of the disk, and a test may break. */
const disk = { fsyncSync: fs.fsyncSync, writeSync: fs.writeSync };
jest.unstable_mockModule("node:fs", () => ({
  ...fs,
  fsyncSync: (...given: Parameters<typeof fs.fsyncSync>) => disk.fsyncSync(...given),
  writeSync: (...given: Parameters<typeof fs.writeSync>) => disk.writeSync(...given),
}));
const { JournalFile } = await import("../../src/runner/journal");

const BINDING: Binding = {
  repository: "octo-org/brokerage",
  runId: "1",
  runAttempt: "1",
  action: "rotate",
};
const KEY: JournalKey = { consumerKey: new Secret("consumer"), oldSecret: new Secret("old") };
const GIVEN = { "INPUT_USER-ID": "user-1", "INPUT_GITHUB-TOKEN": "the-token" };
const FACTS: Sending = {
  aheadMs: 1_500,
  stores: [{ updatedAt: null, key: { keyId: "1", publicKey: "k", audience: null } }],
};
const ANSWER = Buffer.concat([Buffer.from("the-new-secret"), Buffer.from([0, 255, 10])]);
const OUTCOME = nothingChanged("unchanged", { code: "ended-before-reset" });

const CANARIES = ["NAME_CANARY_0123456789ABCDEF", "COPY_CANARY_FEDCBA9876543210"];
const NOTHING: Remains = { kind: "not-sent", canaries: [], isCopying: false };

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "journal-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** How often the runner was told that the reset may be sent. */
let announced = 0;
beforeEach(() => (announced = 0));

function create(into = folder): Journal {
  return JournalFile.create(into, { binding: BINDING, key: KEY, facts: GIVEN, onAnnounced: () => (announced += 1) });
}

/** A journal that holds an answer, as main leaves it when it is killed. */
function kept(): Journal {
  const journal = create();
  journal.sending(FACTS);
  expect(journal.keep({ ...replyOf(ANSWER, "cut"), at: 12_345.678 })).toBe(true);
  return journal;
}

function find(file: string, binding: Partial<Binding> = {}, key: Partial<JournalKey> = {}): LeftJournal {
  return JournalFile.open(file, { ...BINDING, ...binding }, { ...KEY, ...key });
}

/** What is read of it; null where it is no journal of this run. */
function open(file: string, binding: Partial<Binding> = {}, key: Partial<JournalKey> = {}): Remains | null {
  const found = find(file, binding, key);
  if (found.kind === "damaged") return null;
  return found.kind === "opened" ? found.journal.remains() : { kind: "unreadable" };
}

/** The header of one that is there. */
function headerOf(file: string): Extract<LeftJournal, { kind: "opened" }>["header"] {
  const found = find(file);
  if (found.kind === "damaged") throw new Error("there is no header");
  return found.header;
}

/** Where the last record ends. */
function endOf(bytes: Buffer): number {
  return bytes.findLastIndex((byte) => byte !== 0) + 1;
}

/** Where the first record behind the facts begins, at a length that is not 0. Its first bytes may be. */
function beginOf(bytes: Buffer): number {
  return bytes.findIndex((byte, at) => at >= TRYING_AT && byte !== 0);
}

/** Where a record begins that was written since: at its length too. The end of the one before it may be 0 as well. */
function changeOf(bytes: Buffer, before: Buffer): number {
  return bytes.findIndex((byte, at) => byte !== before[at]);
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

/** Some bytes of them with every change, all of them with PROOF=full; the first are a length and a checksum. */
function places(from: number, end: number): readonly number[] {
  const all = Array.from({ length: end - from }, (_, index) => from + index);
  return shareOf(all, (at) => at < from + 8 || (at - from) % 25 === 0 || at >= end - 2);
}

const WHOLE = {
  kind: "sent",
  sending: FACTS,
  sentAt: replyOf(ANSWER).sentAt,
  reply: { ...replyOf(ANSWER, "cut"), at: 12_345.678 },
  saved: [],
  unansweredSince: null,
} as const satisfies Remains;

const SENT = { kind: "sent", sending: FACTS, sentAt: null, reply: null, saved: [], unansweredSince: null } as const;

describe("what main leaves", () => {
  test("nothing sent yet", () => {
    const journal = create();
    expect([open(journal.path), journal.isSending]).toEqual([NOTHING, false]);
  });

  test("nothing sent yet, but canaries may stand, of which it has the names", () => {
    const journal = create();
    journal.trying(CANARIES);
    expect([open(journal.path), journal.isSending]).toEqual([{ ...NOTHING, canaries: CANARIES }, false]);
    expect(readFileSync(journal.path).includes("_CANARY_")).toBe(false);
  });

  test("a hundred canaries with the longest names of all", () => {
    const journal = create();
    const canaries = Array.from({ length: 100 }, (_, index) => `${"N".repeat(230)}_CANARY_${1e15 + index}`);
    journal.trying(canaries);
    expect(open(journal.path)).toEqual({ ...NOTHING, canaries });
    expect(() => journal.trying([...canaries, ...canaries, ...canaries])).toThrow(RangeError);
  });

  test("sent after it was noted that canaries may stand", () => {
    const journal = create();
    journal.trying(CANARIES);
    journal.sending(FACTS);
    expect(open(journal.path)).toEqual(SENT);
  });

  test("a note of canaries that is torn or changed at any byte names none, and says nothing else", () => {
    const journal = create();
    journal.trying(CANARIES);
    const whole = readFileSync(journal.path);
    const end = endOf(whole);
    const begin = beginOf(whole);
    for (const at of places(begin, end)) {
      const changed = Buffer.from([(whole[at] ?? 0) ^ 0x41]);
      for (const damage of [Buffer.alloc(end - at), changed]) {
        expect(openDamaged(journal.path, whole, at, damage)).toEqual(NOTHING);
      }
    }
  }, 60_000);

  test("copies of the live secret on their way, with or without canaries", () => {
    const journal = create();
    journal.copying();
    expect([open(journal.path), journal.isSending]).toEqual([{ ...NOTHING, isCopying: true }, false]);
    journal.trying(CANARIES);
    const both = { kind: "not-sent", canaries: CANARIES, isCopying: true };
    expect([open(journal.path), journal.remains()]).toEqual([both, both]);
  });

  test("a note of copies that is torn or changed still says that there may be some", () => {
    const journal = create();
    journal.copying();
    const whole = readFileSync(journal.path);
    const end = endOf(whole);
    // From its checksum on: before that nobody can tell that there is anything.
    for (const at of places(beginOf(whole) + 1, end)) {
      const changed = Buffer.from([(whole[at] ?? 0) ^ 0x41]);
      for (const damage of [Buffer.alloc(end - at), changed]) {
        expect(openDamaged(journal.path, whole, at, damage)).toEqual({ ...NOTHING, isCopying: true });
      }
    }
  }, 60_000);

  test("nothing is sent where the file is gone: post would not find what is kept in it", () => {
    const journal = create();
    rmSync(journal.path);
    expect(() => journal.sending(FACTS)).toThrow();
    expect(journal.isSending).toBe(false);
  });

  test("sent, and no answer", () => {
    const journal = create();
    journal.sending(FACTS);
    expect([open(journal.path), journal.isSending, announced]).toEqual([SENT, true, 1]);
  });

  test("sent at a time that it notes, and no answer", () => {
    const journal = create();
    journal.sending(FACTS);
    journal.sent(4_321.5);
    expect(open(journal.path)).toEqual({ ...SENT, sentAt: 4_321.5 });
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

  test("and all that post needs beside the two keys", () => {
    const found = find(kept().path);
    if (found.kind !== "opened") throw new Error("it opens");
    expect(found.journal.facts()).toEqual(GIVEN);
    expect(readFileSync(found.file).includes("the-token")).toBe(false);
  });
});

describe("what stands in the clear", () => {
  test("is whose it is, and how far main came", () => {
    const journal = create();
    const begun = headerOf(journal.path);
    expect(begun).toMatchObject({ isOfThisAction: true, isAnnounced: false, said: null, main: { pid: process.pid } });
    const copying = create();
    copying.copying();
    expect([begun.isCopying, headerOf(copying.path).isCopying, headerOf(copying.path).isAnnounced]).toEqual([
      false,
      true,
      false,
    ]);
    journal.sending(FACTS);
    expect(headerOf(journal.path)).toMatchObject({ isAnnounced: true, said: null });
    journal.conclude(OUTCOME);
    expect(headerOf(journal.path).said).toEqual({ result: "unchanged", isTold: false });
    journal.told(OUTCOME);
    expect(headerOf(journal.path).said).toEqual({ result: "unchanged", isTold: true });
    expect(open(journal.path)).toEqual({ kind: "told", result: "unchanged" });
  });

  test("is read by whoever has not the keys, too", () => {
    const { path } = kept();
    for (const found of [find(path, {}, { oldSecret: new Secret("other") }), JournalFile.open(path, BINDING, null)]) {
      expect(found).toMatchObject({ kind: "locked", header: { isAnnounced: true, isOfThisAction: true } });
    }
    expect(find(path, { action: "another" })).toMatchObject({ kind: "opened", header: { isOfThisAction: false } });
  });

  test("where the runner cannot be told of the announcement, nothing is sent, and post does not believe that", () => {
    const onAnnounced = (): never => {
      throw new Error("EACCES");
    };
    const journal = JournalFile.create(folder, { binding: BINDING, key: KEY, facts: GIVEN, onAnnounced });
    expect(() => journal.sending(FACTS)).toThrow("EACCES");
    expect([journal.isSending, open(journal.path)]).toEqual([false, SENT]);
  });

  test("an announcement whose record is gone is still one", () => {
    const journal = create();
    const whole = readFileSync(journal.path);
    expect(openDamaged(journal.path, whole, ANNOUNCED_AT, Buffer.from([1]))).toEqual({ kind: "unreadable" });
  });

  test("once everybody was told, nothing else is left", () => {
    const journal = kept();
    journal.conclude(OUTCOME);
    journal.told(OUTCOME);
    expect(readFileSync(journal.path).findIndex((byte, at) => at >= HEADER_BYTES && byte !== 0)).toBe(-1);
  });

  test("a journal that was emptied, and written to afterwards, says nothing", () => {
    const journal = create();
    journal.sending(FACTS);
    expect(journal.keep(replyOf(Buffer.alloc(6 * 1024 * 1024)))).toBe(false);
    journal.conclude(OUTCOME);
    expect([open(journal.path), journal.remains()]).toEqual([null, { kind: "unreadable" }]);
  });
});

describe("a disk that cannot flush", () => {
  test.each(["EINVAL", "ENOTSUP"])("(%s) is good enough: against a kill it is not needed", (code) => {
    const flush = jest.spyOn(disk, "fsyncSync").mockImplementation(() => {
      throw Object.assign(new Error(code), { code });
    });
    const journal = create();
    journal.sending(FACTS);
    flush.mockRestore();
    expect([open(journal.path), journal.isSending]).toEqual([SENT, true]);
  });

  test("because it is broken is told", () => {
    const flush = jest.spyOn(disk, "fsyncSync").mockImplementation(() => {
      throw Object.assign(new Error("EIO"), { code: "EIO" });
    });
    expect(() => create()).toThrow("EIO");
    flush.mockRestore();
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("a second answer, where the first was over its time", () => {
  const PART = { ...replyOf("half of the", "deadline"), at: 1 };
  const WHOLE_REPLY = { ...replyOf(ANSWER), sentAt: 5, at: 12_345.678 };

  function keptTwice(): Journal {
    const journal = create();
    journal.sending(FACTS);
    expect([journal.keep(PART), journal.keep(WHOLE_REPLY)]).toEqual([true, true]);
    return journal;
  }

  test("is the one that counts", () => {
    const journal = keptTwice();
    for (const remains of [open(journal.path), journal.remains()]) {
      expect(remains).toEqual({ ...SENT, sentAt: 5, reply: WHOLE_REPLY });
    }
  });

  test("that is torn at any byte, or changed, leaves the first or is whole", () => {
    const journal = create();
    journal.sending(FACTS);
    journal.keep(PART);
    const before = readFileSync(journal.path);
    journal.keep(WHOLE_REPLY);
    const whole = readFileSync(journal.path);
    const end = endOf(whole);
    for (const at of places(changeOf(whole, before), end)) {
      const changed = Buffer.from([(whole[at] ?? 0) ^ 0x41]);
      for (const damage of [Buffer.alloc(end - at), changed]) {
        const remains = openDamaged(journal.path, whole, at, damage);
        expect(remains).toEqual({ ...SENT, sentAt: PART.sentAt, reply: PART });
      }
    }
  }, 60_000);

  test("has room beside the first, however large both are", () => {
    const journal = create();
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
    const answers = bytes.subarray(TRYING_AT, OUTCOME_AT);
    expect(answers.findIndex((byte) => byte !== 0)).toBe(-1);
  });
});

describe("the rehearsal", () => {
  const MADE_UP = replyOf("a made-up-secret");

  test("leaves nothing, whatever was noted before", () => {
    const journal = create();
    journal.trying(CANARIES);
    const before = readFileSync(journal.path);
    journal.rehearse(MADE_UP);
    expect(readFileSync(journal.path).equals(before)).toBe(true);
    journal.sending(FACTS);
    expect(journal.keep({ ...replyOf(ANSWER, "cut"), at: 12_345.678 })).toBe(true);
    expect(open(journal.path)).toEqual(WHOLE);
  });

  test("that was killed in between is taken for nothing that came back, before the reset and after it", () => {
    const journal = create();
    const { writeSync } = disk;
    let writes = 0;
    const killed = jest.spyOn(disk, "writeSync").mockImplementation((...given: Parameters<typeof writeSync>) => {
      writes += 1;
      if (writes === 2) throw new Error("killed");
      return writeSync(...given);
    });
    expect(() => journal.rehearse(MADE_UP)).toThrow("killed");
    killed.mockRestore();
    const bytes = readFileSync(journal.path);
    expect([beginOf(bytes) > TRYING_AT, bytes.includes("made-up-secret")]).toEqual([true, false]);
    expect(open(journal.path)).toEqual(NOTHING);
    expect(journal.remains()).toEqual(NOTHING);
  });

  test("that the disk does not take is told", () => {
    const journal = create();
    const full = jest.spyOn(disk, "writeSync").mockImplementation(() => {
      throw new Error("ENOSPC");
    });
    expect(() => journal.rehearse(MADE_UP)).toThrow("ENOSPC");
    full.mockRestore();
    expect(open(journal.path)).toEqual(NOTHING);
  });
});

describe("writes", () => {
  const wrote = (label: string, is: WriteRecord["is"], at: number): WriteRecord => {
    return { label, is, at, serverTime: is === "acknowledged" ? 1_000 : null };
  };
  const PART = { ...replyOf("half of the", "deadline"), at: 1 };
  const LAST = { ...replyOf(ANSWER), at: 2 };
  const ONE = wrote("one", "acknowledged", 5);
  const TWO = wrote("two", "acknowledged", 6);
  const savedIn = ({ label, at, serverTime }: WriteRecord): object => ({ label, at, serverTime });

  function noted(...records: readonly (WriteRecord | SentReply)[]): Journal {
    const journal = create();
    journal.sending(FACTS);
    for (const record of records) {
      if ("label" in record) journal.wrote(record);
      else journal.keep(record);
    }
    return journal;
  }

  test("that GitHub has acknowledged are told in their order, between answers or behind them", () => {
    for (const journal of [noted(LAST, ONE, TWO), noted(PART, ONE, LAST, TWO), noted(PART, ONE, TWO, LAST)]) {
      const saved = [ONE, TWO].map(savedIn);
      expect(open(journal.path)).toEqual({ ...SENT, sentAt: LAST.sentAt, reply: LAST, saved });
    }
  });

  test.each<[string, readonly WriteRecord[], number | null]>([
    ["was answered", [wrote("one", "sent", 5), wrote("one", "acknowledged", 6)], null],
    ["was refused", [wrote("one", "sent", 5), wrote("one", "refused", 6)], null],
    ["was not answered", [wrote("one", "sent", 5)], 5],
    ["was sent twice, and answered once", [wrote("one", "sent", 5), wrote("one", "sent", 8), ONE], 8],
    ["was answered, and one to another place was not", [wrote("one", "sent", 5), wrote("two", "sent", 7), ONE], 7],
  ])("%s: since when there is one without an answer", (_, records, unansweredSince) => {
    expect(open(noted(LAST, ...records).path)).toMatchObject({ unansweredSince });
  });

  test("are not forgotten where no answer could be kept", () => {
    expect(open(noted(ONE).path)).toEqual({ ...SENT, saved: [savedIn(ONE)] });
  });

  test("torn or changed at any byte: those before it are told, and the answer", () => {
    const journal = noted(LAST, ONE);
    const before = readFileSync(journal.path);
    journal.wrote(TWO);
    const whole = readFileSync(journal.path);
    const end = endOf(whole);
    for (const at of places(changeOf(whole, before), end)) {
      const changed = Buffer.from([(whole[at] ?? 0) ^ 0x41]);
      for (const damage of [Buffer.alloc(end - at), changed]) {
        const remains = openDamaged(journal.path, whole, at, damage);
        expect(remains).toMatchObject({ kind: "sent", reply: LAST });
        const reachesEnd = at + damage.length === end;
        expect(remains?.kind === "sent" && remains.saved.length !== 1 && !reachesEnd).toBe(false);
      }
    }
  }, 60_000);

  test("that the disk does not take delay and break nothing", () => {
    const journal = noted(LAST);
    const full = jest.spyOn(disk, "writeSync").mockImplementation(() => {
      throw new Error("ENOSPC");
    });
    expect(() => {
      journal.wrote(ONE);
      journal.sent(1);
    }).not.toThrow();
    full.mockRestore();
    expect(open(journal.path)).toEqual({ ...SENT, sentAt: LAST.sentAt, reply: LAST });
  });
});

describe("the file", () => {
  test("is for its owner alone, is reserved in full, and holds nothing readable", () => {
    const journal = create();
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
    expect(() => create(join(folder, "none"))).toThrow();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("is not opened through a link", () => {
    const journal = kept();
    const link = join(folder, "link");
    symlinkSync(journal.path, link);
    expect(find(link).kind).toBe("damaged");
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
    const written = before.subarray(beginOf(before), endOf(before));
    expect(written.length).toBeGreaterThan(ANSWER.length);
    const left = after.subarray(beginOf(before), endOf(before));
    expect(left.filter((byte, index) => byte !== 0 && written[index] !== 0)).toHaveLength(0);
  });
});

describe("an answer that is too large", () => {
  test("is not kept, and post gets no word that nothing came back", () => {
    const journal = create();
    journal.sending(FACTS);
    expect(journal.keep(replyOf(Buffer.alloc(6 * 1024 * 1024)))).toBe(false);
    expect(open(journal.path)).toBeNull();
  });

  test("two megabytes are kept", () => {
    const journal = create();
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

  test.each<[string, Partial<JournalKey>]>([
    ["old secret", { oldSecret: new Secret("other") }],
    ["consumer key", { consumerKey: new Secret("other") }],
    ["split of the two", { consumerKey: new Secret("consumero"), oldSecret: new Secret("ld") }],
  ])("%s does not open", (_, key) => {
    expect(find(kept().path, {}, key).kind).toBe("locked");
    const concluded = kept();
    concluded.conclude(OUTCOME);
    expect(find(concluded.path, {}, key).kind).toBe("locked");
  });

  test.each([
    ["nothing", ""],
    ["a text", "hello"],
    ["zeros", "\0".repeat(OUTCOME_AT)],
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
    for (const at of places(beginOf(whole), end)) {
      const remains = openDamaged(path, whole, at, Buffer.alloc(end - at));
      const isWhole = remains?.kind === "sent" && remains.reply !== null;
      expect(isWhole ? remains : WHOLE).toEqual(WHOLE);
      expect(["not-sent", "sent", "unreadable"]).toContain(remains?.kind);
    }
  }, 60_000);

  test("with any byte changed gives the whole answer or none, never another", () => {
    const { path } = kept();
    const whole = readFileSync(path);
    const end = endOf(whole);
    for (const at of places(beginOf(whole), end)) {
      const remains = openDamaged(path, whole, at, Buffer.from([(whole[at] ?? 0) ^ 0x41]));
      expect(remains?.kind).not.toBe("concluded");
      expect([null, WHOLE.reply]).toContainEqual(remains?.kind === "sent" ? remains.reply : null);
    }
  }, 60_000);

  test("cut short is none", () => {
    const journal = kept();
    const file = join(folder, "short");
    writeFileSync(file, readFileSync(journal.path).subarray(0, -1));
    expect(open(file)).toBeNull();
  });
});

test("a journal that a kill has kept from becoming whole has no name that post looks for", () => {
  const { writeSync } = disk;
  const found: string[] = [];
  const watched = jest.spyOn(disk, "writeSync").mockImplementation((...given: Parameters<typeof writeSync>) => {
    found.push(...readdirSync(folder));
    return writeSync(...given);
  });
  const journal = create();
  watched.mockRestore();
  expect(found).not.toEqual([]);
  expect(found.filter((name) => name.endsWith(".journal"))).toEqual([]);
  expect(readdirSync(folder)).toEqual([journal.path.slice(folder.length + 1)]);
});
