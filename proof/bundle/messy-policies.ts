import { faults } from "../../sandbox/faults";
import { broken, current, drawnFrom, errorReply, lagging, stale, throttledReply } from "../../sandbox/snaptrade";
import type { LimitStyle, ProbeFault, Server } from "../../sandbox/snaptrade";
import type { Stage } from "../../sandbox/stage";
import type { StepChanges } from "../../harness/play";

/** Something that a tired service does, drawn in its particulars. It leaves open what the truth is for less than settle-time. */
export interface Policy {
  readonly says: string;
  /** Some servers refuse a valid secret. While the old one stays valid, nobody can tell that from its end. */
  readonly refusesValid?: true;
  readonly apply: (stage: Stage) => StepChanges | Promise<StepChanges>;
}

type Draw = () => number;

/** All that differs after a reset differs for less than this; settle-time is nearly twice as long. */
const DIFFERS_MS_MAX = 320;

const between = (draw: Draw, min: number, max: number): number => Math.floor(min + draw() * (max - min + 1));

function oneOf<T>(draw: Draw, first: T, ...more: readonly T[]): T {
  return [first, ...more][between(draw, 0, more.length)] ?? first;
}

const quietly = (says: string, set: (stage: Stage) => void): Policy => ({
  says,
  apply: (stage) => {
    set(stage);
    return {};
  },
});

function severalServers(draw: Draw): Policy {
  const forMs = between(draw, 60, DIFFERS_MS_MAX);
  const kinds: Readonly<Record<string, Server>> = {
    stale: stale(forMs),
    "new late": lagging({ newLiveAfterMs: forMs }),
    "old late": lagging({ oldStaysLiveMs: forMs }),
    refusing: broken("refuses"),
    failing: broken("error"),
  };
  const [a, b] = [oneOf(draw, "stale", ...Object.keys(kinds)), oneOf(draw, "refusing", ...Object.keys(kinds))];
  const servers = [current, kinds[a] ?? current, kinds[b] ?? current];
  const seed = between(draw, 1, 1_000_000);
  const policy = quietly(`a current, a "${a}" and a "${b}" server for ${forMs} ms (order ${seed})`, ({ snapTrade }) => {
    snapTrade.faults.servers = { servers, choose: drawnFrom(seed, 3), from: "reset", agreeAfterMs: forMs };
  });
  return [a, b].includes("refusing") ? { ...policy, refusesValid: true } : policy;
}

function lateTruth(draw: Draw): Policy {
  const [oldMs, newMs] = [between(draw, 0, DIFFERS_MS_MAX), between(draw, 0, DIFFERS_MS_MAX)];
  return quietly(`the old secret dies ${oldMs} ms late, the new one lives ${newMs} ms late`, ({ snapTrade }) => {
    // Of an earlier rotation all servers know when the run begins.
    snapTrade.on("reset-arrived", () => {
      snapTrade.faults.oldStaysLiveMs = Math.max(oldMs, snapTrade.faults.oldStaysLiveMs);
      snapTrade.faults.newLiveAfterMs = newMs;
    });
  });
}

function rollingLimit(draw: Draw): Policy {
  const style = oneOf<LimitStyle>(draw, "documented", "reset-as-unix-time", "retry-after", "retry-after-date");
  const limit = between(draw, 12, 20);
  return quietly(`${limit} requests a second at most, told ${style}`, ({ snapTrade }) => {
    snapTrade.faults.rateLimit = { limit, windowMs: 1_000, style };
  });
}

function slowWire(draw: Draw): Policy {
  const [latencyMs, sliceBytes] = [between(draw, 0, 40), between(draw, 5, 200)];
  const framing = oneOf(draw, "chunked" as const, "length" as const);
  return quietly(`answers take ${latencyMs} ms, in pieces of ${sliceBytes} bytes, ${framing}`, ({ snapTrade }) => {
    Object.assign(snapTrade.faults, { latencyMs, sliceBytes, framing });
  });
}

/** What a probe may be told instead of the truth, once or twice. */
const PAGE = { "Content-Type": "text/html" };
const BLIPS: Readonly<Record<string, ProbeFault>> = {
  "a gateway's 502": { answer: () => ({ status: 502, headers: PAGE, body: "<html>Bad gateway</html>" }) },
  "a firewall's 401": {
    answer: () => ({ status: 401, headers: PAGE, body: "<html>Sign in</html>", strays: "content type" }),
  },
  "an invalid timestamp": { answer: () => errorReply(400, "0000", "Invalid timestamp") },
  "a 404 that repeats the URL": {
    answer: ({ target }) => ({ status: 404, body: JSON.stringify({ detail: `No ${target}` }), strays: "body" }),
  },
  "a throttle of a second": { answer: () => throttledReply("retry-after", 1, Date.now()) },
  "a reset connection": { answer: "none", delivery: { ending: "rst" } },
};

function blips(draw: Draw): Policy {
  const [first = "", ...more] = Object.keys(BLIPS);
  const name = oneOf(draw, first, ...more);
  const phase = oneOf(draw, "before-reset" as const, "after-reset" as const);
  const [times, skip] = [between(draw, 1, 2), between(draw, 0, 3)];
  return quietly(`${times} probes ${phase} (after ${skip}) get ${name}`, ({ snapTrade }) => {
    snapTrade.faults.onProbe({ ...BLIPS[name], phase, times, skip });
  });
}

function otherWords(draw: Draw): Policy {
  const detail = oneOf(draw, "Wrong clientId, userId or userSecret provided", "Invalid userSecret for this user");
  return quietly(`a refusal says: ${detail}`, ({ snapTrade }) => {
    snapTrade.faults.refusalDetail = detail;
  });
}

function saveStumbles(draw: Draw): Policy {
  const status = oneOf(draw, 500, 502, 503, 409);
  const applied = status !== 409 && draw() < 0.5;
  return quietly(`GitHub answers the first save with ${status}, ${applied ? "done" : "not done"}`, ({ github }) => {
    github.faults.inject({ on: { which: "put" }, effect: { kind: "answer", status, applied, strays: "anywhere" } });
  });
}

const clockJump = (draw: Draw): Policy => {
  const name = oneOf(draw, "clock-jumps", "clock-jumps-back");
  return { says: name, apply: (stage) => faults.get(name)?.apply(stage) ?? {} };
};

const POLICIES: readonly ((draw: Draw) => Policy)[] = [
  severalServers,
  lateTruth,
  rollingLimit,
  slowWire,
  blips,
  otherWords,
  saveStumbles,
  clockJump,
];

/** Two or three different policies. */
export function drawPolicies(draw: Draw): Policy[] {
  const left = [...POLICIES];
  const count = between(draw, 2, 3);
  return Array.from({ length: count }, () => {
    const [policy = slowWire] = left.splice(between(draw, 0, left.length - 1), 1);
    return policy(draw);
  });
}
