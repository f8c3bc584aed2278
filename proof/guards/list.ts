import { GUARDS_BY_HAND } from "./by-hand";

/** One change of one file of src. */
export interface Edit {
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly search: string;
  readonly replace: string;
}

/** Tests of one file: all of them, or those with a name that matches. */
export interface Tests {
  readonly file: string;
  readonly named?: string;
}

/** Something that keeps the secret safe, how to take it away, and which tests must notice. */
export interface Guard {
  readonly name: string;
  /** What it prevents. */
  readonly prevents: string;
  readonly edits: readonly Edit[];
  readonly noticedBy: {
    readonly units?: readonly Tests[];
    /** Names of the sandbox's faults, played with the bundle and compared with their row. */
    readonly faults?: readonly string[];
    /** Names of the further scenarios, likewise. */
    readonly scenarios?: readonly string[];
    /** A run in which nothing goes wrong. */
    readonly happyRun?: true;
  };
}

export const GUARDS: readonly Guard[] = [
  {
    name: "settle",
    prevents: "a reset that is carried out late is taken for one that did not happen",
    edits: [
      {
        file: "src/rotation/resolve.ts",
        search: "  if (waitMs > 0) await ports.clock.sleep(waitMs);\n",
        replace: "",
      },
    ],
    noticedBy: { units: [{ file: "__tests__/rotation/resolve.test.ts" }], faults: ["reset-late-cut"] },
  },
  {
    name: "oracle check",
    prevents: "a SnapTrade that accepts any secret is believed",
    edits: [
      {
        file: "src/rotation/given.ts",
        search: 'if (altered.kind === "live") return stop("unchanged", { code: "any-secret-accepted" });',
        replace: "",
      },
    ],
    noticedBy: { units: [{ file: "__tests__/rotation/prepare.test.ts" }], faults: ["accepts-any-secret"] },
  },
  {
    name: "live fence",
    prevents: "a retry destroys the secret of a rotation that came after",
    edits: [
      {
        file: "src/rotation/save.ts",
        search: "const fence = await mayWriteAgain(this.#store, this.#effort);",
        replace: 'const fence = "open" as Fence; void mayWriteAgain;',
      },
    ],
    noticedBy: { units: [{ file: "__tests__/rotation/save.test.ts" }], scenarios: ["overtaken-while-save-fails"] },
  },
  {
    name: "2xx needed",
    prevents: "an answer that is no success is taken for one",
    edits: [
      {
        file: "src/github/answer.ts",
        search: "if (status >= 200 && status < 300) return accepted(received, method);",
        replace: "if (status >= 200) return accepted(received, method);",
      },
      {
        file: "src/github/destination.ts",
        search: "return status === 201 || status === 204",
        replace: "return status > 0",
      },
    ],
    noticedBy: { units: [{ file: "__tests__/github/destination.test.ts" }], faults: ["put-500-always"] },
  },
  {
    name: "post guard",
    prevents: "post speaks up although main has said all there is to say",
    edits: [
      {
        file: "src/run-main.ts",
        search: "    if (isSaid && !isForPost) journal.remove();\n",
        replace: "",
      },
    ],
    noticedBy: { happyRun: true },
  },
  {
    name: "prove old first",
    prevents: "a reset with a secret that is dead already, whose answer nobody could judge",
    edits: [
      {
        file: "src/rotation/given.ts",
        search: '    case "dead": {\n',
        replace: '    case "dead": {\n      if (isRescue || task.mode !== "rescue") return null;\n',
      },
    ],
    noticedBy: { units: [{ file: "__tests__/rotation/prepare.test.ts" }], faults: ["given-secret-dead"] },
  },
  {
    name: "raw bytes first",
    prevents: "the new secret dies with the process before it was kept",
    edits: [
      {
        file: "src/rotation/rotate.ts",
        search:
          '  if (!ports.journal.keep(reply)) ports.operator.say({ code: "journal-failed" });\n' +
          "  return await concludeReply(await understand(reply, context), ready, context);",
        replace:
          "  const rotation = await concludeReply(await understand(reply, context), ready, context);\n" +
          '  if (!ports.journal.keep(reply)) ports.operator.say({ code: "journal-failed" });\n' +
          "  return rotation;",
      },
    ],
    noticedBy: { units: [{ file: "__tests__/rotation/rotate.test.ts" }], faults: ["killed-before-save"] },
  },
  {
    name: "raw tap",
    prevents: "bytes are lost because the HTTP parser choked on those before them",
    edits: [
      {
        file: "src/snaptrade/wire.ts",
        search: "if (!this.destroyed) this.push(chunk);\n      keep(chunk);",
        replace: "if (this.destroyed) return;\n      this.push(chunk);\n      if (!this.destroyed) keep(chunk);",
      },
    ],
    noticedBy: { units: [{ file: "__tests__/snaptrade/wire.test.ts" }] },
  },
  {
    name: "exit code first",
    prevents: "a process that ends before its time ends green",
    edits: [
      { file: "src/index.ts", search: "process.exitCode = 1;\nawait main(process);", replace: "void main(process);" },
    ],
    noticedBy: { units: [{ file: "__tests__/bundle/fail-closed.test.ts", named: "event loop runs dry" }] },
  },
  {
    name: "EPIPE handler",
    prevents: "a log that nobody reads any more ends the process",
    edits: [
      {
        file: "src/runner/signals.ts",
        search: '  process.stdout.on("error", ignore);\n  process.stderr.on("error", ignore);\n',
        replace: "  void ignore;\n",
      },
    ],
    noticedBy: { scenarios: ["nobody-listens", "nobody-listens-and-save-fails-once"] },
  },
  {
    name: "key of the same scope",
    prevents: "a box that GitHub cannot open is stored as an empty secret",
    edits: [
      {
        file: "src/github/destination.ts",
        search: '"GET", `${this.#place.secrets}/public-key`',
        replace: '"GET", `${this.#place.secrets.replace(/environments.[^/]+.secrets/, "actions/secrets")}/public-key`',
      },
    ],
    noticedBy: { happyRun: true, faults: ["old-wrong-scope-box"] },
  },
  {
    name: "exact bytes",
    prevents: "another secret is saved than the one in force",
    edits: [
      {
        file: "src/snaptrade/answer.ts",
        search: "const secret = new Secret(granted);",
        replace: "const secret = new Secret(granted.trim());",
      },
    ],
    noticedBy: { units: [{ file: "__tests__/snaptrade/answer.test.ts" }], faults: ["reset-body-secret-spaced"] },
  },
  {
    name: "name rule",
    prevents: "a name leads a URL to another place",
    edits: [
      {
        file: "src/inputs/save-to.ts",
        search: "if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || /^GITHUB_/i.test(name)) {",
        replace: "if (name === printable(``)) {",
      },
    ],
    noticedBy: { units: [{ file: "__tests__/inputs/save-to.test.ts" }] },
  },
  {
    name: "no redirects",
    prevents: "a login page, or a repository of another name, is taken for the destination",
    edits: [
      {
        file: "src/github/answer.ts",
        search: "if (status < 400) return redirected(received, method, reader);",
        replace:
          "if (status < 400) return accepted({ ...received, status: 204 }, method) ?? redirected(received, method, reader);",
      },
    ],
    noticedBy: { units: [{ file: "__tests__/github/client.test.ts", named: "a redirect" }] },
  },
  {
    name: "mask first",
    prevents: "the new secret is printed by whatever prints next",
    edits: [
      {
        file: "src/rotation/conclude.ts",
        search: "  for (const secret of secrets) ports.operator.mask(secret);\n",
        replace: "",
      },
    ],
    noticedBy: {
      units: [{ file: "__tests__/rotation/rotate.test.ts" }, { file: "__tests__/rotation/conclude.test.ts" }],
    },
  },
  {
    name: "journal authentication",
    prevents: "a journal that somebody made up, or that is damaged, is believed",
    edits: [
      {
        file: "src/runner/records.ts",
        search: "Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])",
        replace: "decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES))",
      },
    ],
    noticedBy: { units: [{ file: "__tests__/runner/journal.test.ts" }] },
  },
  {
    name: "one reset only",
    prevents: "a second reset makes a new secret while the first one's answer is still under way",
    edits: [
      {
        file: "src/rotation/rotate.ts",
        search: "const reply = await ports.issuer.reset(task.secret, (at) => ports.journal.sent(at));",
        replace:
          "const first = await ports.issuer.reset(task.secret, (at) => ports.journal.sent(at));\n" +
          '  const isCut = first.kind === "sent" && first.ending !== "complete";\n' +
          "  const reply = isCut ? await ports.issuer.reset(task.secret, () => undefined) : first;",
      },
    ],
    noticedBy: { faults: ["reset-cut-uncommitted", "reset-cut-in-head"] },
  },
  {
    name: "canary apart from NAME",
    prevents: "the write check destroys the only copy of a newer secret",
    edits: [
      {
        file: "src/github/canary.ts",
        search: "return `${beside.name}_CANARY_${random}${checkDigits(beside, random)}`;",
        replace: "return beside.name;",
      },
    ],
    noticedBy: { units: [{ file: "__tests__/github/destination.test.ts" }], happyRun: true },
  },
  {
    name: "unanimity",
    prevents: "one answer of a broken server is taken for a fact",
    edits: [
      {
        file: "src/rotation/oracle.ts",
        search: "const needed = tally.isMixed ? IN_A_ROW : this.#needed[tally.last];",
        replace: "const needed = 1;",
      },
    ],
    noticedBy: { units: [{ file: "__tests__/rotation/oracle.test.ts" }], faults: ["probe-1083-once"] },
  },
  {
    name: "second settle-time",
    prevents: "a server that is behind the others decides what became of a reset",
    edits: [
      {
        file: "src/rotation/oracle.ts",
        search: "return tally.inARow >= SPREAD_ANSWERS && tally.spreadMs >= settleMs ? tally.believable : null;",
        replace: "return settleMs > 0 ? tally.believable : null;",
      },
    ],
    noticedBy: {
      units: [{ file: "__tests__/rotation/oracle.test.ts" }],
      faults: ["lost-old-live-third", "lost-old-live-first", "unreset-old-refused-thrice"],
    },
  },
  {
    name: "settling of refusals",
    prevents: "a gateway's refusal is believed while the reset still waits behind it",
    edits: [
      {
        file: "src/rotation/resolve.ts",
        search: "  if (waitMs > 0) await",
        replace: '  if (waitMs > 0 && lost.reading.kind !== "refused") await',
      },
    ],
    noticedBy: { units: [{ file: "__tests__/rotation/resolve.test.ts" }], faults: ["reset-late-429"] },
  },
  {
    name: "control question",
    prevents: "a client or a user that SnapTrade does not know is taken for a lost secret",
    edits: [
      {
        file: "src/rotation/oracle.ts",
        search: "    const control = await this.control();\n",
        replace: '    const control = { kind: "known" } as Control;\n',
      },
    ],
    noticedBy: { units: [{ file: "__tests__/rotation/resolve.test.ts" }], faults: ["lost-users-silent"] },
  },
  {
    name: "control question before dead",
    prevents: "a mistyped user id is answered with the advice to rescue",
    edits: [
      {
        file: "src/rotation/given.ts",
        search: "      const control = await oracle.control();\n",
        replace: '      const control = { kind: "known" } as Control;\n',
      },
    ],
    noticedBy: { units: [{ file: "__tests__/rotation/prepare.test.ts" }], faults: ["user-id-mistyped"] },
  },
  {
    name: "proof of candidates",
    prevents: "something else in a malformed answer is saved over the secret",
    edits: [
      {
        file: "src/rotation/candidates.ts",
        search: 'return verdict.kind === "refused" ? "refused" : "cannot tell";',
        replace: 'return "proven";',
      },
    ],
    noticedBy: {
      units: [{ file: "__tests__/rotation/conclude.test.ts" }],
      faults: ["reset-body-escaped-key-decoy-first"],
    },
  },
  {
    name: "three refusals of the old one",
    prevents: "an old secret that never dies is called dead",
    edits: [
      {
        file: "src/rotation/oracle.ts",
        search: 'const needed = tally.last === "live" ? USUAL.live : USUAL.refused;',
        replace: "const needed = 1;",
      },
    ],
    noticedBy: { units: [{ file: "__tests__/rotation/prove.test.ts" }], faults: ["old-refused-once-then-live"] },
  },
  {
    name: "listening on",
    prevents: "an answer that comes after reset-timeout is lost",
    edits: [{ file: "src/snaptrade/issuer.ts", search: "listensOn: true,", replace: "" }],
    noticedBy: { faults: ["reset-answer-late"] },
  },
  {
    name: "wall clock in signatures",
    prevents: "a machine that slept has every question refused",
    edits: [
      {
        file: "src/snaptrade/issuer.ts",
        search: "queryFor(clientId, parameters, Date.now())",
        replace: "queryFor(clientId, parameters, performance.timeOrigin + performance.now())",
      },
    ],
    noticedBy: { faults: ["clock-jumps"] },
  },
  {
    name: "quotation",
    prevents: "a gateway that echoes a URL has a secret printed",
    edits: [
      {
        file: "src/text/quotation.ts",
        search: "if (all === null || [...all].some((one) => this.#hasPiece(one))) return null;",
        replace: "void all;",
      },
    ],
    noticedBy: { units: [{ file: "__tests__/text/quotation.test.ts" }], faults: ["probe-404-echo-base64"] },
  },
  {
    name: "patience",
    prevents: "a blip of SnapTrade's ends a question",
    edits: [
      {
        file: "src/rotation/oracle.ts",
        search: "return this.#doubts >= DOUBTS_MIN && this.isOver();",
        replace: "return this.#doubts > 0;",
      },
    ],
    noticedBy: { units: [{ file: "__tests__/rotation/oracle.test.ts" }], faults: ["probe-500-twice"] },
  },
  {
    name: "rehearsal",
    prevents: "what is broken on this machine breaks with the new secret in hand",
    edits: [
      {
        file: "src/rotation/prepare.ts",
        search: "const unable = rehearse(found, context) ?? (",
        replace: "void rehearse;\n  const unable = (",
      },
    ],
    noticedBy: { units: [{ file: "__tests__/rotation/rotate.test.ts" }] },
  },
  {
    name: "check digits",
    prevents: "somebody's secret that is named like a canary is deleted",
    edits: [
      {
        file: "src/github/canary.ts",
        search: "if (random === undefined || check !== checkDigits(beside, random)) return false;",
        replace: "if (random === undefined) return false;\n  return true;",
      },
    ],
    noticedBy: {
      units: [{ file: "__tests__/github/destination.test.ts" }],
      faults: ["secret-that-looks-like-a-canary"],
    },
  },
  {
    name: "early command",
    prevents: "nobody can finish a save that GitHub does not answer",
    edits: [
      {
        file: "src/rotation/save.ts",
        search: "    this.#print(this.#box);\n    if (quick !== null",
        replace: "    if (quick !== null",
      },
    ],
    noticedBy: { units: [{ file: "__tests__/rotation/save.test.ts" }], faults: ["put-500-once"] },
  },
  {
    name: "second send",
    prevents: "a connection that died or fell silent keeps the new secret at risk",
    edits: [
      {
        file: "src/rotation/save.ts",
        search: 'return await firstGood([first, this.#write("other")]);',
        replace: "void firstGood;\n    return await first;",
      },
    ],
    noticedBy: { units: [{ file: "__tests__/rotation/save.test.ts" }] },
  },
  {
    name: "calm",
    prevents: "a write of a run that was ended lands after ours",
    edits: [
      {
        file: "src/rotation/prepare.ts",
        search: "const calm = await awaitCalm(latest, context);",
        replace: "void awaitCalm;\n  const calm = latest as Found | Stopped;",
      },
    ],
    noticedBy: { units: [{ file: "__tests__/rotation/calm.test.ts" }] },
  },
  {
    name: "updated_at in the fence",
    prevents: "a retry in the dark destroys what somebody has saved meanwhile",
    edits: [
      {
        file: "src/rotation/fence.ts",
        search: 'if (isUnmoved && !isLimit) return "open";',
        replace: 'void isUnmoved;\n      if (!isLimit) return "open";',
      },
    ],
    noticedBy: { units: [{ file: "__tests__/rotation/fence.test.ts" }] },
  },
  {
    name: "GitHub's allowance",
    prevents: "the token runs dry with the new secret in hand",
    edits: [
      {
        file: "src/rotation/allowance.ts",
        search: "if (scarcest === null || scarcest.remaining >= needed) return found;",
        replace: "if (needed > 0) return found;\n  if (scarcest === null) return found;",
      },
    ],
    noticedBy: { units: [{ file: "__tests__/rotation/allowance.test.ts" }], faults: ["allowance-of-seven"] },
  },
  {
    name: "last look",
    prevents: "the new secret is saved with a key, or for an audience, of a moment ago",
    edits: [
      {
        file: "src/rotation/prepare.ts",
        search: "const changes = latest.filter((one) => one.destination === destination)",
        replace: "const changes = latest.filter((one) => one.destination === undefined)",
      },
    ],
    noticedBy: {
      units: [{ file: "__tests__/rotation/prepare.test.ts" }],
      faults: ["key-changes-before-reset", "audience-changes-before-reset"],
    },
  },
  ...GUARDS_BY_HAND,
  {
    name: "box without holes",
    prevents: "the printed command has a hole where GitHub masks the value of an input",
    edits: [{ file: "src/github/seal.ts", search: "boxes < BOXES_MAX && best.holes > 0", replace: "boxes < 1" }],
    noticedBy: { units: [{ file: "__tests__/github/destination.test.ts", named: "is made again" }] },
  },
  {
    name: "bare backslash",
    prevents: "two lines of save-to that came as one are taken for one name, and nobody reads what is saved there",
    edits: [
      {
        file: "src/inputs/save-to.ts",
        search: "if (hasBareBackslash(line)) {",
        replace: "if (hasBareBackslash(line) && line.length < 0) {",
      },
    ],
    noticedBy: { units: [{ file: "__tests__/inputs/save-to.test.ts" }] },
  },
  {
    name: "allowed options of Node",
    prevents: "an option of Node's prints or stores secrets",
    edits: [
      {
        file: "src/inputs/runner-env.ts",
        search: "find((name) => !isHarmless(name))",
        replace: 'find((name) => !isHarmless(name) && name.startsWith("--inspect"))',
      },
    ],
    noticedBy: { units: [{ file: "__tests__/inputs/runner-env.test.ts" }] },
  },
];
