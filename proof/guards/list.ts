import { GUARDS_BY_HAND } from "./by-hand";
import type { Guard } from "./guard";

export const GUARDS: readonly Guard[] = [
  {
    name: "settle",
    prevents: "a reset that is carried out late is taken for one that did not happen",
    instead: [""],
    noticedBy: { units: [{ file: "__tests__/rotation/resolve.test.ts" }], faults: ["reset-late-cut"] },
  },
  {
    name: "oracle check",
    prevents: "a SnapTrade that accepts any secret is believed",
    instead: [""],
    noticedBy: { units: [{ file: "__tests__/rotation/prepare.test.ts" }], faults: ["accepts-any-secret"] },
  },
  {
    name: "live fence",
    prevents: "a retry destroys the secret of a rotation that came after",
    instead: ['"open"'],
    noticedBy: { units: [{ file: "__tests__/rotation/save.test.ts" }], scenarios: ["overtaken-while-save-fails"] },
  },
  {
    name: "2xx needed",
    prevents: "an answer that is no success is taken for one",
    instead: ["true", "true || $2"],
    noticedBy: { units: [{ file: "__tests__/github/destination.test.ts" }], faults: ["put-500-always"] },
  },
  {
    name: "post guard",
    prevents: "post speaks up although main has said all there is to say",
    instead: [""],
    noticedBy: { happyRun: true },
  },
  {
    name: "prove old first",
    prevents: "a reset with a secret that is dead already, whose answer nobody could judge",
    instead: ["return;"],
    noticedBy: { units: [{ file: "__tests__/rotation/prepare.test.ts" }], faults: ["given-secret-dead"] },
  },
  {
    name: "raw bytes first",
    prevents: "the new secret dies with the process before it was kept",
    instead: ["", "const rotation = await (async () => { $2 })(); $1 return rotation;"],
    noticedBy: { units: [{ file: "__tests__/rotation/rotate.test.ts" }], faults: ["killed-before-save"] },
  },
  {
    name: "raw tap",
    prevents: "bytes are lost because the HTTP parser choked on those before them",
    instead: ["if (!this.destroyed) $1"],
    noticedBy: { units: [{ file: "__tests__/snaptrade/wire.test.ts" }] },
  },
  {
    name: "exit code first",
    prevents: "a process that ends before its time ends green",
    instead: ["", "void main(process);"],
    noticedBy: { units: [{ file: "__tests__/bundle/fail-closed.test.ts", named: "event loop runs dry" }] },
  },
  {
    name: "EPIPE handler",
    prevents: "a log that nobody reads any more ends the process",
    instead: ['throw new Error("nobody reads any more");'],
    noticedBy: { scenarios: ["nobody-listens", "nobody-listens-and-save-fails-once"] },
  },
  {
    name: "key of the same scope",
    prevents: "a box that GitHub cannot open is stored as an empty secret",
    instead: ['$1.replace(/environments.[^/]+.secrets/, "actions/secrets")'],
    noticedBy: { happyRun: true, faults: ["old-wrong-scope-box"] },
  },
  {
    name: "exact bytes",
    prevents: "another secret is saved than the one in force",
    instead: ["$1.trim()"],
    noticedBy: { units: [{ file: "__tests__/snaptrade/answer.test.ts" }], faults: ["reset-body-secret-spaced"] },
  },
  {
    name: "name rule",
    prevents: "a name leads a URL to another place",
    instead: ["false"],
    noticedBy: { units: [{ file: "__tests__/inputs/save-to.test.ts" }] },
  },
  {
    name: "no redirects",
    prevents: "a login page, or a repository of another name, is taken for the destination",
    instead: ["accepted({ ...received, status: 204 }, method) ?? $1"],
    noticedBy: { units: [{ file: "__tests__/github/client.test.ts", named: "a redirect" }] },
  },
  {
    name: "mask first",
    prevents: "the new secret is printed by whatever prints next",
    instead: [""],
    noticedBy: {
      units: [{ file: "__tests__/rotation/rotate.test.ts" }, { file: "__tests__/rotation/conclude.test.ts" }],
    },
  },
  {
    name: "journal authentication",
    prevents: "a journal that somebody made up, or that is damaged, is believed",
    instead: ["Buffer.alloc(0)"],
    noticedBy: { units: [{ file: "__tests__/runner/journal.test.ts" }] },
  },
  {
    name: "one reset only",
    prevents: "a second reset makes a new secret while the first one's answer is still under way",
    instead: [
      "await (async () => { const first = $1;" +
        ' const isCut = first.kind === "sent" && first.ending !== "complete";' +
        " return isCut ? await ports.issuer.reset(task.secret, () => undefined) : first; })()",
    ],
    noticedBy: { faults: ["reset-cut-uncommitted", "reset-cut-in-head"] },
  },
  {
    name: "canary apart from NAME",
    prevents: "the write check destroys the only copy of a newer secret",
    instead: ["beside.name"],
    noticedBy: { units: [{ file: "__tests__/github/destination.test.ts" }], happyRun: true },
  },
  {
    name: "unanimity",
    prevents: "one answer of a broken server is taken for a fact",
    instead: ["1"],
    noticedBy: { units: [{ file: "__tests__/rotation/oracle.test.ts" }], faults: ["probe-1083-once"] },
  },
  {
    name: "second settle-time",
    prevents: "a server that is behind the others decides what became of a reset",
    instead: ["tally.believable"],
    noticedBy: {
      units: [{ file: "__tests__/rotation/oracle.test.ts" }],
      faults: ["lost-old-live-third", "lost-old-live-first", "unreset-old-refused-thrice"],
    },
  },
  {
    name: "settling of refusals",
    prevents: "a gateway's refusal is believed while the reset still waits behind it",
    instead: ['$1 && lost.reading.kind !== "refused"'],
    noticedBy: { units: [{ file: "__tests__/rotation/resolve.test.ts" }], faults: ["reset-late-429"] },
  },
  {
    name: "control question",
    prevents: "a client or a user that SnapTrade does not know is taken for a lost secret",
    instead: ['{ kind: "known" }'],
    noticedBy: { units: [{ file: "__tests__/rotation/resolve.test.ts" }], faults: ["lost-users-silent"] },
  },
  {
    name: "control question before dead",
    prevents: "a mistyped user id is answered with the advice to rescue",
    instead: ['{ kind: "known" }'],
    noticedBy: { units: [{ file: "__tests__/rotation/prepare.test.ts" }], faults: ["user-id-mistyped"] },
  },
  {
    name: "proof of candidates",
    prevents: "something else in a malformed answer is saved over the secret",
    instead: ['"proven"'],
    noticedBy: {
      units: [{ file: "__tests__/rotation/conclude.test.ts" }],
      faults: ["reset-body-escaped-key-decoy-first"],
    },
  },
  {
    name: "three refusals of the old one",
    prevents: "an old secret that never dies is called dead",
    instead: ["1"],
    noticedBy: { units: [{ file: "__tests__/rotation/prove.test.ts" }], faults: ["old-refused-once-then-live"] },
  },
  {
    name: "listening on",
    prevents: "an answer that comes after reset-timeout is lost",
    instead: ["false"],
    noticedBy: { faults: ["reset-answer-late"] },
  },
  {
    name: "wall clock in signatures",
    prevents: "a machine that slept has every question refused",
    instead: ["performance.timeOrigin + performance.now()"],
    noticedBy: { faults: ["clock-jumps"] },
  },
  {
    name: "quotation",
    prevents: "a gateway that echoes a URL has a secret printed",
    instead: [""],
    noticedBy: { units: [{ file: "__tests__/text/quotation.test.ts" }], faults: ["probe-404-echo-base64"] },
  },
  {
    name: "patience",
    prevents: "a blip of SnapTrade's ends a question",
    instead: ["this.#doubts > 0"],
    noticedBy: { units: [{ file: "__tests__/rotation/oracle.test.ts" }], faults: ["probe-500-twice"] },
  },
  {
    name: "rehearsal",
    prevents: "what is broken on this machine breaks with the new secret in hand",
    instead: ["return;"],
    noticedBy: { units: [{ file: "__tests__/rotation/rotate.test.ts" }] },
  },
  {
    name: "check digits",
    prevents: "somebody's secret that is named like a canary is deleted",
    instead: ["false"],
    noticedBy: {
      units: [{ file: "__tests__/github/destination.test.ts" }],
      faults: ["secret-that-looks-like-a-canary"],
    },
  },
  {
    name: "early command",
    prevents: "nobody can finish a save that GitHub does not answer",
    instead: [""],
    noticedBy: { units: [{ file: "__tests__/rotation/save.test.ts" }], faults: ["put-500-once"] },
  },
  {
    name: "second send",
    prevents: "a connection that died or fell silent keeps the new secret at risk",
    instead: ["first"],
    noticedBy: { units: [{ file: "__tests__/rotation/save.test.ts" }] },
  },
  {
    name: "calm",
    prevents: "a write of a run that was ended lands after ours",
    instead: ["latest"],
    noticedBy: { units: [{ file: "__tests__/rotation/calm.test.ts" }] },
  },
  {
    name: "updated_at in the fence",
    prevents: "a retry in the dark destroys what somebody has saved meanwhile",
    instead: ["!isLimit"],
    noticedBy: { units: [{ file: "__tests__/rotation/fence.test.ts" }] },
  },
  {
    name: "GitHub's allowance",
    prevents: "the token runs dry with the new secret in hand",
    instead: ["return found;"],
    noticedBy: { units: [{ file: "__tests__/rotation/allowance.test.ts" }], faults: ["allowance-of-seven"] },
  },
  {
    name: "last look",
    prevents: "the new secret is saved with a key, or for an audience, of a moment ago",
    instead: ["false"],
    noticedBy: {
      units: [{ file: "__tests__/rotation/prepare.test.ts" }],
      faults: ["key-changes-before-reset", "audience-changes-before-reset"],
    },
  },
  ...GUARDS_BY_HAND,
  {
    name: "box without holes",
    prevents: "the printed command has a hole where GitHub masks the value of an input",
    instead: ["boxes < 1"],
    noticedBy: { units: [{ file: "__tests__/github/destination.test.ts", named: "is made again" }] },
  },
  {
    name: "bare backslash",
    prevents: "two lines of save-to that came as one are taken for one name, and nobody reads what is saved there",
    instead: ["false"],
    noticedBy: { units: [{ file: "__tests__/inputs/save-to.test.ts" }] },
  },
  {
    name: "allowed options of Node",
    prevents: "an option of Node's prints or stores secrets",
    instead: ['$1 && name.startsWith("--inspect")'],
    noticedBy: { units: [{ file: "__tests__/inputs/runner-env.test.ts" }] },
  },
];
