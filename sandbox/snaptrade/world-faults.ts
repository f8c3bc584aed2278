import { badSecret, badSignature } from "./gate";
import { onProbe, OUTWEIGHED, serverError, setting, throttled } from "./named-fault";
import type { NamedSnapTradeFaults } from "./named-fault";

const GRACE_MS = 300;
const DOWN_MS = 1000;

const after = "after-reset";

export const probeFaults = {
  "probe-500-twice": onProbe("the first two liveness probes are answered with 500", {
    times: 2,
    answer: serverError(500),
  }),
  "probe-500-always": onProbe("every liveness probe is answered with 500", {
    times: "always",
    answer: serverError(500),
  }),
  "probe-500-after-reset": onProbe("every liveness probe after the reset is answered with 500", {
    phase: after,
    times: "always",
    answer: serverError(500),
  }),
  "probe-429-once": onProbe("the first liveness probe is answered with 429 and asks for one second", {
    answer: throttled(1),
  }),
  "probe-429-always": onProbe("every liveness probe is answered with 429", { times: "always", answer: throttled(60) }),
  "probe-401-signature": onProbe("every liveness probe is rejected with 401 and code 1076: signature or clock", {
    times: "always",
    answer: badSignature,
  }),
  "probe-1083-once": {
    ...onProbe("one liveness probe rejects the old secret although it is live", {
      phase: "before-reset",
      about: "live",
      answer: () => badSecret(),
    }),
    inputs: OUTWEIGHED,
  },
  "probe-1083-once-after-reset": {
    ...onProbe("one liveness probe rejects the new secret although it is live", {
      phase: after,
      about: "live",
      answer: () => badSecret(),
    }),
    inputs: OUTWEIGHED,
  },
  "probe-stalled": onProbe("the first liveness probe gets no answer", { answer: "none" }),
  "probe-stalled-after-reset": onProbe("no liveness probe after the reset gets an answer", {
    phase: after,
    times: "always",
    answer: "none",
  }),
  "probe-cut": onProbe("the first liveness probe is cut by RST", { answer: "none", delivery: { ending: "rst" } }),
  "probe-cut-after-reset": onProbe("the first liveness probe after the reset is cut by RST", {
    phase: after,
    answer: "none",
    delivery: { ending: "rst" },
  }),
} satisfies NamedSnapTradeFaults;

export const worldFaults = {
  down: {
    says: "SnapTrade rejects every connection",
    apply: (standIn) => void standIn.goDown(),
  },
  "down-after-reset": {
    says: "the reset is answered and from then on SnapTrade rejects every connection",
    apply: (standIn) => void standIn.on("reset-answered", () => standIn.goDown()),
  },
  "down-after-reset-for-a-second": {
    says: "the reset is answered and then SnapTrade rejects every connection for one second",
    apply: (standIn) => void standIn.on("reset-answered", () => standIn.goDown({ forMs: DOWN_MS })),
  },
  "down-from-reset": {
    says: "the reset happens, its answer never comes, and SnapTrade rejects every connection from then on",
    apply: (standIn) => {
      standIn.faults.onReset({ answer: "none" });
      standIn.on("reset-answered", () => standIn.goDown());
    },
  },
  "overtaken-after-reset": {
    says: "another rotation comes between the reset and everything after it",
    apply: (standIn) => {
      standIn.on("reset-answered", () => {
        for (const userId of standIn.userIds) {
          standIn.rotateBehindBack(userId);
        }
      });
    },
  },
  "reset-undone": {
    says: "the reset happens and is answered, and then SnapTrade goes back to the old secret",
    apply: (standIn) => {
      standIn.on("reset-answered", () => {
        for (const userId of standIn.userIds) standIn.restoreFirst(userId);
      });
    },
  },
  "old-stays-live": setting("the old secret stays live for ever", (faults) => (faults.oldStaysLiveMs = Infinity)),
  "old-stays-live-a-while": setting(
    "the old secret stays live for 300 ms after the reset",
    (faults) => (faults.oldStaysLiveMs = GRACE_MS),
  ),
  "new-live-late": setting(
    "the new secret passes only 300 ms after the reset",
    (faults) => (faults.newLiveAfterMs = GRACE_MS),
  ),
  "accepts-any-secret": setting(
    "every secret passes, as with Personal keys",
    (faults) => (faults.acceptsAnySecret = true),
  ),
  "refusal-in-other-words": setting(
    "SnapTrade answers for an invalid secret: Wrong clientId, userId or userSecret provided",
    (faults) => (faults.refusalDetail = "Wrong clientId, userId or userSecret provided"),
  ),
  "clock-off-from-reset": {
    says: "SnapTrade's clock is ten minutes ahead from the moment of the reset on",
    apply: (standIn) => void standIn.on("reset-committed", () => void (standIn.faults.clockSkewMs = 600_000)),
  },
  "reset-takes-dead-secret": setting(
    "a reset happens whatever secret it brings",
    (faults) => (faults.resetNeedsOldSecret = false),
  ),
  "clock-off": setting("SnapTrade's clock is ten minutes ahead", (faults) => (faults.clockSkewMs = 600_000)),
  "rate-limit-tight": setting(
    "SnapTrade allows five requests in two seconds",
    (faults) => (faults.rateLimit = { limit: 5, windowMs: 2000 }),
  ),
  slow: setting("every answer of SnapTrade takes 400 ms", (faults) => (faults.latencyMs = 400)),
  drip: setting("every answer of SnapTrade comes byte by byte", (faults) => {
    faults.sliceBytes = 1;
    faults.dripMs = 1;
  }),
  sliced: setting("every answer of SnapTrade comes in segments of seven bytes", (faults) => (faults.sliceBytes = 7)),
  chunked: setting(
    "every answer of SnapTrade is chunked, which is sound HTTP",
    (faults) => (faults.framing = "chunked"),
  ),
} satisfies NamedSnapTradeFaults;
