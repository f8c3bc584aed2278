import type { Control, Probe, Reading, Reply, SentReply } from "../../src/rotation/model";
import type { Issuer, Journal, Operator, Ports } from "../../src/rotation/ports";
import { Secret } from "../../src/text/secret";
import type { Actor, Way } from "./actor";
import { destinationOf } from "./destinations";
import { ANSWER_LATE_MS, RESET_TIMEOUT_MS } from "./scene";
import type { Run, World } from "./world";

/** What the real protocol is given instead of SnapTrade, GitHub and a machine. */
export function portsOf(actor: Actor): Ports {
  const { world } = actor;
  const [primary, ...copies] = world.places.map((place) => destinationOf(place, actor));
  if (primary === undefined) throw new Error("a world has a primary");
  return {
    equip: async () => await Promise.resolve(),
    issuer: issuerOf(actor),
    primary,
    copies,
    githubClock: { aheadMs: 0, assume: () => undefined },
    run: {
      startedAt: async () => await Promise.resolve(null),
      stepStartedAt: () => actor.startedAt,
      hiding: async () => await Promise.resolve([]),
    },
    journal: journalOf(actor),
    operator: operatorOf(actor),
    escrow: world.scene.escrow ? { encrypt: async (secret) => await Promise.resolve(`age:${secret.reveal()}`) } : null,
    cancellation: {
      get seen() {
        return actor.seen;
      },
      arrived: actor.arrived,
    },
    clock: { now: () => world.now, sleep: async (ms) => await actor.sleep(ms) },
  };
}

function issuerOf(actor: Actor): Issuer {
  const { world } = actor;
  return {
    probe: async (candidate) =>
      await actor.ask<Probe>(`probe ${candidate.reveal()}`, () => probes(candidate.reveal(), world)),
    control: async () => await actor.ask<Control>("control", () => controls(world)),
    reset: async (current) => {
      actor.run.resetsSent += 1;
      const given = current.reveal();
      const orphan = (forMs: number): void => {
        world.flights.push({ kind: "reset", run: actor.run, given, latestAt: world.now + forMs });
      };
      return await actor.ask("reset", () => resets(given, actor), orphan);
    },
    madeUpReply: () => ({ kind: "sent", raw: Buffer.from("granted made-up"), ending: "complete", sentAt: 0, at: 0 }),
    read,
    skewMs: async () => await Promise.resolve(null),
  };
}

/** How a question about a secret can be answered. */
function probes(candidate: string, world: World): readonly Way<Probe>[] {
  if (world.isDown("snaptrade")) return [{ label: "down", fault: null, happen: () => UNDECIDED }];
  if (world.clientOff === "told") return [{ label: "client rejected", fault: null, happen: () => CLIENT_REJECTED }];
  if (world.clientOff === "untold") return [{ label: "refused", fault: null, happen: () => verdict("refused") }];
  const answer = (inForce: string | null) => verdict(candidate === inForce ? "live" : "refused");
  const usual = answer(world.believedInForce());
  const stale = (): Probe => answer(world.previous);
  const staleWays: readonly Way<Probe>[] = [
    {
      label: `${stale().verdict.kind}, by a server that is stale for a while`,
      fault: "stale-server",
      happen: () => {
        world.staleUntil = world.committedAt + world.scene.staleMs;
        return stale();
      },
    },
    { label: `${stale().verdict.kind}, by a stale server`, fault: "stale-once", happen: stale },
  ];
  const off = (kind: "told" | "untold", said: Probe) => () => {
    world.clientOff = kind;
    return said;
  };
  return [
    { label: usual.verdict.kind, fault: null, happen: () => usual },
    { label: "502", fault: "5xx", happen: () => UNDECIDED },
    { label: "down", fault: "snaptrade-down", happen: () => world.fallDown("snaptrade", UNDECIDED) },
    { label: "client rejected from now on", fault: "client-rejected", happen: off("told", CLIENT_REJECTED) },
    { label: "client unknown from now on", fault: "client-unknown", happen: off("untold", verdict("refused")) },
    ...(world.mayBeStale() ? staleWays : []),
  ];
}

/** How the control question can be answered. */
function controls(world: World): readonly Way<Control>[] {
  const silent = { kind: "no-answer", doubt: { kind: "no-answer", why: "time-out" } } as const;
  const rejected = { kind: "client-rejected", said: SAID } as const;
  if (world.isDown("snaptrade") || world.isControlSilent) {
    return [{ label: "no answer", fault: null, happen: () => silent }];
  }
  const usual = world.clientOff === null ? ({ kind: "known" } as const) : rejected;
  const fallSilent = (): Control => {
    world.isControlSilent = true;
    return silent;
  };
  return [
    { label: usual.kind, fault: null, happen: () => usual },
    { label: "no answer from now on", fault: "control-silent", happen: fallSilent },
    { label: "502", fault: "5xx", happen: () => silent },
  ];
}

const SAID = { status: 401, code: "1083", sentence: null } as const;
const CLIENT_REJECTED: Probe = {
  verdict: { kind: "cannot-tell", doubt: { kind: "client", said: SAID } },
  allowance: null,
};

function verdict(kind: "live" | "refused"): Probe {
  return { verdict: { kind }, allowance: null };
}

const UNDECIDED: Probe = {
  verdict: {
    kind: "cannot-tell",
    doubt: { kind: "strange-answer", said: { status: 502, code: null, sentence: null } },
  },
  allowance: null,
};

type Sent = (text: string, ending: SentReply["ending"], silentMs?: number) => SentReply;

/** How a reset can end that is not done, or not yet. */
function undone(world: World, sent: Sent, late: () => void): readonly Way<Reply>[] {
  return [
    { label: "could not be sent", fault: "drop-request", happen: () => ({ kind: "not-sent", why: "refused" }) },
    { label: "never arrives, cut off", fault: "drop-request", happen: () => sent("", "cut") },
    { label: "502, nothing done", fault: "5xx", happen: () => sent("status 502", "complete") },
    {
      label: "down, nothing done",
      fault: "snaptrade-down",
      happen: () => world.fallDown("snaptrade", sent("status 502", "complete")),
    },
    {
      label: "time-out, may be done late",
      fault: "commit-late",
      silentMs: RESET_TIMEOUT_MS,
      happen: () => {
        late();
        return sent("", "deadline", RESET_TIMEOUT_MS);
      },
    },
    {
      label: "504, may be done late",
      fault: "commit-late",
      happen: () => {
        late();
        return sent("status 504", "complete");
      },
    },
    {
      label: "a gateway's 429, may be done late",
      fault: "gateway-refuses",
      happen: () => {
        late();
        return sent("gateway", "complete");
      },
    },
    { label: "a gateway's 429, nothing done", fault: "gateway-refuses", happen: () => sent("gateway", "complete") },
  ];
}

function resets(given: string, actor: Actor): readonly Way<Reply>[] {
  const { world, run } = actor;
  const { lateMs } = world.scene;
  const late = (): void => {
    world.flights.push({ kind: "reset", run, given, latestAt: world.now + lateMs });
  };
  const sent = (text: string, ending: SentReply["ending"], silentMs = 0): SentReply => ({
    kind: "sent",
    raw: Buffer.from(text),
    ending,
    sentAt: world.now,
    at: world.now + silentMs,
  });
  if (world.clientOff !== null) {
    const refusal = world.clientOff === "told" ? "client" : "refused";
    return [{ label: `refused, ${world.clientOff}`, fault: null, happen: () => sent(refusal, "complete") }];
  }
  if (world.isDown("snaptrade")) return [{ label: "down", fault: null, happen: () => sent("status 502", "complete") }];
  const alive = given === world.inForce || !world.scene.resetNeedsOldSecret;
  const next = world.nextSecret();
  const usual: Way<Reply> = {
    label: alive ? `granted ${next}` : "refused",
    fault: null,
    happen: () => sent(world.commit(run, given) === null ? "refused" : `granted ${next}`, "complete"),
  };
  const faults = undone(world, sent, late);
  // What a request with a dead secret brings can only be lost.
  const committed = (label: string, fault: "lose-answer" | "5xx", text: string, ending: SentReply["ending"]) => ({
    label,
    fault,
    happen: () => {
      world.commit(run, given);
      return sent(text, ending);
    },
  });
  if (!alive) return [usual, ...faults];
  const afterDeadline = (): Reply => {
    world.commit(run, given);
    const { raw } = sent(`granted ${next}`, "complete");
    const at = world.now + RESET_TIMEOUT_MS + ANSWER_LATE_MS;
    const whole: SentReply = { kind: "sent", raw, ending: "complete", sentAt: world.now, at };
    const rest = actor.later("late answer", RESET_TIMEOUT_MS + ANSWER_LATE_MS, () => whole);
    return { ...sent("", "deadline", RESET_TIMEOUT_MS), rest };
  };
  return [
    usual,
    ...faults,
    { label: `done (${next}), answered late`, fault: "answer-late", silentMs: RESET_TIMEOUT_MS, happen: afterDeadline },
    committed(`done (${next}), answer lost`, "lose-answer", "", "cut"),
    committed(`done (${next}), answer cut behind the secret`, "lose-answer", `candidate ${next}`, "cut"),
    committed(`done (${next}), 502`, "5xx", "status 502", "complete"),
  ];
}

/** The bytes of an answer, in this world's words. */
function read({ raw }: SentReply): Reading {
  const [word = "", value = ""] = Buffer.from(raw).toString().split(" ");
  switch (word) {
    case "granted":
      return { kind: "granted", secret: new Secret(value) };
    case "candidate":
      return { kind: "candidates", status: null, secrets: [new Secret(value)] };
    case "refused":
      return { kind: "refused", said: SAID, isAboutSecret: true };
    case "client":
      return { kind: "refused", said: SAID, isAboutSecret: false };
    case "gateway":
      return { kind: "refused", said: { status: 429, code: null, sentence: null }, isAboutSecret: false };
    case "status":
      return { kind: "unanswered", status: Number(value) };
    default:
      return { kind: "unanswered", status: null };
  }
}

function journalOf(actor: Actor): Journal {
  const { run } = actor;
  return {
    trying: (canaries) => {
      if (run.diskFull) throw new Error("no space");
      run.journal.canaries = canaries;
    },
    rehearse: () => {
      if (run.diskFull) throw new Error("no space");
    },
    copying: () => undefined,
    // It goes out in the same moment.
    sent: (at) => {
      if (!run.diskFull && actor.alive) run.journal.sentAt = at;
    },
    wrote: ({ label, is, at, serverTime }) => {
      if (run.diskFull || !actor.alive) return;
      // Of the three words only this one comes after a step of the world's, where a kill may come first.
      if (is === "acknowledged" && !actor.local("journal saved", ["SIGKILL"])) return;
      if (is === "acknowledged") run.journal.saved.push({ label, at, serverTime });
      run.journal.open = is === "sent" ? [...run.journal.open, { label, at }] : withoutFirst(run.journal.open, label);
    },
    sending: (facts) => {
      if (!run.diskFull && actor.local("journal sending", ["disk-full"])) run.journal.sending = facts;
      else if (actor.alive) throw new Error("no space");
    },
    keep: (reply) => {
      const kept = !run.diskFull && actor.local("journal keep", ["SIGKILL", "disk-full"]);
      if (kept) run.journal.reply = reply;
      // What cannot be kept takes the journal with it, so that post does not believe that nothing came back.
      else if (actor.alive) run.journal.removed = true;
      return kept;
    },
  };
}

type Open = Run["journal"]["open"];

function withoutFirst(open: Open, label: string): Open {
  const first = open.findIndex((one) => one.label === label);
  return open.filter((_, index) => index !== first);
}

/** Only what somebody needs to recover a secret is a step of its own. */
function operatorOf(actor: Actor): Operator {
  const { run } = actor;
  return {
    mask: () => undefined,
    begin: () => undefined,
    remark: () => undefined,
    note: () => undefined,
    say: (notice) => {
      switch (notice.code) {
        case "resetting":
          if (actor.local("say resetting", ["SIGKILL", "machine-loss"])) run.announced = true;
          break;
        case "sealed-command":
          if (actor.local("say sealed command", ["SIGKILL", "machine-loss"])) print(notice.command, actor);
          break;
        case "escrow":
          if (actor.local("say escrow", ["SIGKILL", "machine-loss"])) run.escrowed.add(notice.text.split(":")[1] ?? "");
          break;
        default:
          break;
      }
    },
  };
}

/** A command names its place and holds its box. */
export function print(command: string, { run, world }: Actor): void {
  const [label, ...sealed] = command.split(" ");
  const place = world.places.find((one) => one.label === label);
  if (place === undefined) throw new Error("a command for no place of this world");
  run.printed.set(command, { place, box: { keyId: "1", sealed: sealed.join(" "), audience: null, sealedAt: 0 } });
}
