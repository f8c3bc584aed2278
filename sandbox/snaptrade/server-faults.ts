import type { ResetFault } from "./faults";
import { OUTWEIGHED, serverError, setting } from "./named-fault";
import type { NamedSnapTradeFault, NamedSnapTradeFaults } from "./named-fault";
import type { ProbeScript, Said } from "./scripts";
import { broken, current, drawnFrom, lagging, lenient, stale } from "./servers";
import type { Servers } from "./servers";

const A_WHILE_MS = 250;
const SEED = 20_261_125;

const CUT: ResetFault = { answer: "none", delivery: { ending: "rst" } };

function several(says: string, servers: Servers): NamedSnapTradeFault {
  return setting(says, (faults) => (faults.servers = servers));
}

function scripted(says: string, script: ProbeScript, reset?: ResetFault): NamedSnapTradeFault {
  return setting(says, (faults) => {
    faults.script(script);
    if (reset !== undefined) faults.onReset(reset);
  });
}

const old = (answers: readonly Said[], then: Said): ProbeScript => ({ of: "first", answers, then });

export const serverFaults = {
  "server-stale-a-while": several("one of three servers sees the reset 250 ms late", {
    servers: [current, current, stale(A_WHILE_MS)],
    from: "reset",
  }),
  "server-stale-always": several("one of three servers never sees the reset", {
    servers: [current, current, stale(Number.POSITIVE_INFINITY)],
    from: "reset",
  }),
  "servers-stale-but-one": several("two of three servers see the reset 250 ms late", {
    servers: [stale(A_WHILE_MS), current, stale(A_WHILE_MS)],
    from: "reset",
  }),
  "server-lagging-a-while": several("one of two servers knows the new secret late and forgets the old one late", {
    servers: [lagging({ newLiveAfterMs: A_WHILE_MS, oldStaysLiveMs: A_WHILE_MS }), current],
    from: "reset",
  }),
  "server-lets-old-pass": several("one of two servers lets the old secret pass for 250 ms after the reset", {
    servers: [current, lagging({ oldStaysLiveMs: A_WHILE_MS })],
    from: "reset",
  }),
  "server-broken-a-while": several("one of two servers rejects every secret for 250 ms after the reset", {
    servers: [broken("refuses"), current],
    from: "reset",
    agreeAfterMs: A_WHILE_MS,
  }),
  "server-broken-always": {
    ...several("the first of four servers rejects every secret, from the start and for ever", {
      servers: [broken("refuses"), current, current, current],
      from: "start",
    }),
    inputs: OUTWEIGHED,
  },
  "server-error-always": several("the first of three servers answers every probe with 500, for ever", {
    servers: [broken("error"), current, current],
    from: "start",
  }),
  "server-lenient-always": several("after the reset one of three servers accepts any secret, for ever", {
    servers: [current, current, lenient],
    from: "reset",
  }),
  "server-lenient-first": several("from the start the first of two servers accepts any secret", {
    servers: [lenient, current],
    from: "start",
  }),
  "servers-at-odds-a-while": several(
    "for 250 ms after the reset a stale, a broken and a sound server answer in no order",
    {
      servers: [stale(Number.POSITIVE_INFINITY), broken("refuses"), broken("error"), current],
      choose: drawnFrom(SEED, 4),
      from: "reset",
      agreeAfterMs: A_WHILE_MS,
    },
  ),
} satisfies NamedSnapTradeFaults;

/** What a lost answer, or a refused one, and contradictory servers make of each other. */
export const scriptedFaults = {
  "lost-old-live-third": scripted(
    "the answer of the reset is cut after it happened, and the third probe of the old secret meets a server that still accepts it",
    old(["refused", "refused", "live"], "refused"),
    CUT,
  ),
  "lost-old-live-first": scripted(
    "the answer of the reset is cut after it happened, and the first probe of the old secret meets a server that still accepts it",
    old(["live"], "refused"),
    CUT,
  ),
  "unreset-old-refused-thrice": scripted(
    "the reset is answered with 500 and does not happen, and a bad server rejects the next three probes of the old secret",
    old(["refused", "refused", "refused"], "live"),
    { commit: "never", answer: serverError(500) },
  ),
  "unreset-old-refused-late": scripted(
    "the reset is answered with 500 and does not happen, and one later probe of the old secret is rejected by a bad server",
    old(["live", "live", "live", "live", "refused"], "live"),
    { commit: "never", answer: serverError(500) },
  ),
  "old-refused-once-then-live": setting(
    "the old secret never dies, and only the first probe of it after the reset is rejected",
    (faults) => {
      faults.oldStaysLiveMs = Number.POSITIVE_INFINITY;
      faults.script(old(["refused"], "live"));
    },
  ),
  "old-revives-once": scripted(
    "after the reset the old secret is rejected twice, accepted once by a stale server, and rejected for ever",
    old(["refused", "refused", "live"], "refused"),
  ),
  "new-refused-twice-later": scripted(
    "the new secret is accepted, then rejected twice by a bad server, then accepted",
    {
      of: "later",
      answers: ["live", "refused", "refused"],
      then: "live",
    },
  ),
} satisfies NamedSnapTradeFaults;
