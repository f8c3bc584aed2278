import { clockJumps } from "./clock-jump";
import { BAD_GATEWAY, serverError as gitHubFails } from "./github/fault-effects";
import type { StepChange, WorldFault } from "./named-fault";
import { type ClientRefusal, afterSecret, forAWhile, insideSecret, serverError, throttledBy } from "./snaptrade";
import type { Delivery, LimitStyle, ResetFault } from "./snaptrade";
import type { Stage } from "./stage";

type Faults = Readonly<Record<string, WorldFault>>;

/** The step with these inputs, everything else as on the stage. */
function given({ inputs }: Stage, own: Readonly<Record<string, string>>): StepChange {
  return { inputs: { ...inputs, ...own } };
}

/** Lets something happen the first time that a save comes to this instant, and never again. */
function firstSave({ github }: Stage, instant: "put-applied" | "put-arrived", act: () => void): void {
  const off = github.on(instant, () => {
    off();
    act();
  });
}

const REFUSALS = {
  "": ["client-id", "naming the client ID"],
  "-signature": ["signature", "as a wrong signature"],
  "-secret": ["secret", "as a wrong secret"],
} as const satisfies Record<string, readonly [ClientRefusal, string]>;

/** One fault in each of the three ways in which a client id is refused. */
function threefold(name: string, says: string, apply: (stage: Stage, how: ClientRefusal) => StepChange): Faults {
  return Object.fromEntries(
    Object.entries(REFUSALS).map(([suffix, [how, told]]) => [
      `${name}${suffix}`,
      { says: `${says}; it is rejected ${told}`, apply: (stage: Stage) => apply(stage, how) },
    ]),
  );
}

const clientFaults: Faults = {
  ...threefold("client-id-unknown", "Two letters of the client ID are swapped", (stage, how) => {
    stage.snapTrade.faults.unknownClient = how;
    return given(stage, { "client-id": stage.clientId.replace("IE", "EI") });
  }),
  "client-id-named-like-a-user": {
    says: "The client ID is unknown, has the words user and secret in it, and SnapTrade repeats it",
    apply: (stage) => {
      stage.snapTrade.faults.unknownClient = "client-id";
      return given(stage, { "client-id": "USER-SECRET-CLIENT" });
    },
  },
  ...threefold(
    "client-off-from-reset",
    "The client ID is switched off when the reset arrives",
    ({ snapTrade }, how) => {
      snapTrade.on("reset-arrived", () => void (snapTrade.faults.clientOff = how));
      return {};
    },
  ),
  ...threefold("client-off-after-save", "The client ID is switched off when the new secret is saved", (stage, how) => {
    firstSave(stage, "put-applied", () => (stage.snapTrade.faults.clientOff = how));
    return {};
  }),
  ...threefold("client-off-after-failed-save", "The first save fails, the client ID is switched off", (stage, how) => {
    stage.github.faults.inject({ on: { which: "put" }, effect: gitHubFails(503) });
    firstSave(stage, "put-arrived", () => (stage.snapTrade.faults.clientOff = how));
    return {};
  }),
  "client-off-a-while-after-save": {
    says: "The client ID is switched off for 250 ms when the new secret is saved",
    apply: (stage) => {
      const { faults } = stage.snapTrade;
      firstSave(stage, "put-applied", () => {
        faults.clientOff = "client-id";
        setTimeout(() => (faults.clientOff = undefined), 250);
      });
      return {};
    },
  },
  "lost-and-client-off": {
    says: "The reset happens, its answer is cut, and the client ID is switched off; it is rejected as a wrong secret",
    apply: ({ snapTrade }) => {
      snapTrade.faults.onReset({ answer: "none", delivery: { ending: "rst" } });
      snapTrade.on("reset-answered", () => void (snapTrade.faults.clientOff = "secret"));
      return {};
    },
  },
};

type List = Stage["snapTrade"]["faults"]["usersList"];

function deadWith(list: List, says: string): WorldFault {
  return {
    says: `The current secret is invalid, and the list of users ${says}`,
    apply: ({ snapTrade, userId }) => {
      snapTrade.rotateBehindBack(userId);
      snapTrade.faults.usersList = list;
      return {};
    },
  };
}

function lostWith(list: List, says: string): WorldFault {
  return {
    says: `The reset happens, its answer is cut, and the list of users ${says}`,
    apply: ({ snapTrade }) => {
      snapTrade.faults.onReset({ answer: "none", delivery: { ending: "rst" } });
      snapTrade.faults.usersList = list;
      return {};
    },
  };
}

const listFaults: Faults = {
  "dead-users-long": deadWith("long", "has 60 MB, the user late in it"),
  "dead-users-paged-link": deadWith("paged-link", "has more pages, by a Link header, and the first lacks the user"),
  "dead-users-paged-object": deadWith("paged-object", "has more pages, by its own next, and the first lacks the user"),
  "dead-users-silent": deadWith("silent", "never comes"),
  "dead-users-error": deadWith("error", "is a 500"),
  "dead-users-html": deadWith("html", "is a page of HTML"),
  "dead-users-cut": deadWith("cut", "is cut in the middle, before the user"),
  "dead-users-empty": deadWith("empty", "is an empty answer"),
  "dead-users-without-user": deadWith("without-user", "lacks the user"),
  "dead-users-other-spelling": deadWith("other-spelling", "has only a user whose id begins with the one given"),
  "dead-in-other-words": {
    says: "The current secret is invalid, and SnapTrade answers: Wrong clientId, userId or userSecret provided",
    apply: ({ snapTrade, userId }) => {
      snapTrade.rotateBehindBack(userId);
      snapTrade.faults.refusalDetail = "Wrong clientId, userId or userSecret provided";
      return {};
    },
  },
  "lost-users-long": lostWith("long", "has 60 MB, the user late in it"),
  "lost-users-paged-link": lostWith("paged-link", "has more pages, and the first lacks the user"),
  "lost-users-silent": lostWith("silent", "never comes"),
  "lost-users-error": lostWith("error", "is a 500"),
  "lost-users-cut": lostWith("cut", "is cut in the middle"),
};

/** Long enough that what comes after the time-out of the reset still counts. */
const PATIENT = { "settle-time": "3s", "reset-timeout": "1s" };
const LATE_MS = 1_300;

function answeredLate(says: string, delivery: Delivery = {}, more: ResetFault = {}): WorldFault {
  return {
    says: `The reset-timeout is 1 s, and ${says}`,
    apply: (stage) => {
      stage.snapTrade.faults.onReset({ ...more, delivery: { delayMs: LATE_MS, ...delivery } });
      return given(stage, PATIENT);
    },
  };
}

function patientWith(says: string, set: (stage: Stage) => void, settle = "3s"): WorldFault {
  return {
    says,
    apply: (stage) => {
      set(stage);
      return given(stage, { "settle-time": settle });
    },
  };
}

const limited =
  (style: LimitStyle) =>
  ({ snapTrade }: Stage) => {
    snapTrade.faults.rateLimit = { limit: 5, windowMs: 2_000, style };
  };

const GATEWAY = { status: 502, headers: { "Content-Type": "text/html" }, body: "<html>Bad gateway</html>" };

const timeFaults: Faults = {
  "reset-answer-late": answeredLate("the whole answer comes after 1.3 s"),
  "reset-answer-and-commit-late": answeredLate(
    "the reset happens after 0.6 s and is answered after 1.3 s",
    {},
    {
      commit: { lateMs: 600 },
    },
  ),
  "reset-answer-late-cut-after-secret": answeredLate("the answer comes after 1.3 s, cut by RST behind the secret", {
    cutAfter: afterSecret,
    ending: "rst",
  }),
  "reset-answer-late-cut": answeredLate("the answer comes after 1.3 s, cut by RST inside the secret", {
    cutAfter: insideSecret,
    ending: "rst",
  }),
  "reset-answer-drips": answeredLate("the answer comes in pieces of four bytes, 10 ms apart, until long after", {
    delayMs: 600,
    sliceBytes: 4,
    pauseMs: 10,
  }),
  "save-502-and-new-live-late": patientWith(
    "The first save is answered with 502; the new secret is rejected for 2 s, the old one from the first moment",
    ({ snapTrade, github }) => {
      snapTrade.faults.newLiveAfterMs = 2_000;
      github.faults.inject({ on: { which: "put" }, effect: BAD_GATEWAY });
    },
  ),
  "probe-502-a-while-after-save": patientWith(
    "For 1.2 s after the save a gateway answers every probe with 502",
    (stage) => {
      firstSave(stage, "put-applied", () => forAWhile(stage.snapTrade, 1_200, () => GATEWAY));
    },
  ),
  "down-for-a-second": patientWith("SnapTrade rejects every connection for one second", ({ snapTrade }) => {
    void snapTrade.goDown({ forMs: 1_000 });
  }),
  "probe-500-and-long-waits": patientWith(
    "The first two liveness probes are answered with 500, and settle-time is so long that this is reported",
    ({ snapTrade }) => snapTrade.faults.onProbe({ times: 2, answer: serverError(500) }),
    "6s",
  ),
  "limit-told-only-in-words": patientWith(
    "SnapTrade allows five requests in any two seconds, and gives the wait only in the words of its rejection",
    limited("only-detail"),
    "4s",
  ),
  "limit-untold": patientWith(
    "SnapTrade allows five requests in any two seconds, and gives no wait",
    limited("nothing"),
    "4s",
  ),
  "throttled-untold": patientWith(
    "SnapTrade answers every probe of the first two seconds with 429, and gives no wait",
    ({ snapTrade }) => throttledBy("nothing")(snapTrade),
    "4s",
  ),
  "clock-jumps": {
    says: "The machine sleeps ten minutes when the reset has happened: the wall clock jumps, SnapTrade's with it",
    apply: (stage) => clockJumps(stage, 600_000),
  },
  "clock-jumps-back": {
    says: "When the reset has happened, a wrong wall clock is put right by ten minutes, SnapTrade's with it",
    apply: (stage) => clockJumps(stage, -600_000),
  },
};

/** An input that was pasted with something invisible at an end. */
function pasted(name: string, what: string, change: (value: string) => string): WorldFault {
  return {
    says: `The input ${name} has ${what}`,
    apply: (stage) => given(stage, { [name]: change(stage.inputs[name] ?? "") }),
  };
}

const LINE_END = "a line end behind it";

const inputFaults: Faults = {
  "user-id-mistyped": {
    says: "The user ID is mistyped, so that SnapTrade knows no such user",
    apply: (stage) => given(stage, { "user-id": "custmoer-1" }),
  },
  "user-secret-line-end": pasted("user-secret", LINE_END, (value) => `${value}\n`),
  "user-secret-crlf": pasted("user-secret", "CR and LF behind it", (value) => `${value}\r\n`),
  "user-secret-blank": pasted("user-secret", "a blank before it", (value) => ` ${value}`),
  "user-secret-no-break-space": pasted("user-secret", "a no-break space behind it", (value) => `${value}\u00a0`),
  "user-secret-byte-order-mark": pasted("user-secret", "a byte order mark before it", (value) => `\ufeff${value}`),
  "user-id-line-end": pasted("user-id", LINE_END, (value) => `${value}\n`),
  "user-id-no-break-space": pasted("user-id", "a no-break space behind it", (value) => `${value}\u00a0`),
  "client-id-line-end": {
    says: `The input client-id has ${LINE_END}, and SnapTrade rejects it naming the client ID`,
    apply: (stage) => {
      stage.snapTrade.faults.unknownClient = "client-id";
      return given(stage, { "client-id": `${stage.clientId}\n` });
    },
  },
  "client-id-crlf": pasted("client-id", "CR and LF behind it", (value) => `${value}\r\n`),
  "consumer-key-line-end": pasted("consumer-key", LINE_END, (value) => `${value}\n`),
  "consumer-key-byte-order-mark": pasted("consumer-key", "a byte order mark before it", (value) => `\ufeff${value}`),
};

/** Faults of SnapTrade that need GitHub's part, or the step's, as well. */
export const snapTradeRunFaults: Faults = { ...clientFaults, ...listFaults, ...timeFaults };

/** What a person has pasted into an input. */
export const pastedInputFaults: Faults = inputFaults;
