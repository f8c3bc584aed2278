import { afterSecret, atClosingQuote, beforeSecret, insideHead, insideSecret } from "./cut-points";
import type { ResetFacts } from "./faults";
import { badSecret, badSignature, errorReply } from "./gate";
import { onReset, serverError, throttled } from "./named-fault";
import type { NamedSnapTradeFaults } from "./named-fault";
import { throttledReply } from "./rate-limit";
import type { Reply } from "./wire";

/** A late reset comes so long after the request. */
const LATE_MS = 300;
const GATEWAY_LATE_MS = 100;

const never = "never";

const gatewayPage = (status: number) => (): Reply => ({
  status,
  headers: { "Content-Type": "text/html" },
  body: `<html><head><title>${status}</title></head><body>upstream gave no answer</body></html>`,
});

/** A page as gateways have them: nearly every quoted text in it looks like something that a secret could be. */
const pageOfAttributes = (): Reply => ({
  status: 502,
  headers: { "Content-Type": "text/html" },
  body: `<html><body>${Array.from({ length: 50 }, (_, n) => `<p class="gateway-${n}-a1b2c3d4">`).join("")}</body></html>`,
});

const errorWithSecret = ({ userId, newSecret }: ResetFacts): Reply => ({
  status: 500,
  body: JSON.stringify({ detail: "Answer could not be logged.", userId, userSecret: newSecret }),
  strays: "body",
});

const redirect = (status: number) => (): Reply => ({
  status,
  headers: { Location: "/snapTrade/resetUserSecret/" },
  body: "",
  strays: "status",
});

export const unsentResets = {
  "reset-connection-refused": {
    says: "SnapTrade rejects every connection from the moment the old secret is proven until the end",
    apply: (standIn) => {
      const off = standIn.on("probe-answered", async ({ secretWas, status }) => {
        if (secretWas === "dead" && status === 401) {
          off();
          await standIn.goDown();
        }
      });
    },
  },
  "reset-struck-at-first-byte": onReset(
    "the connection is reset at the first byte of the reset request, which does not happen",
    {
      resetsAtFirstByte: true,
    },
  ),
  "reset-blackhole": onReset("the reset request is swallowed: it does not happen, and no answer ever comes", {
    commit: "never",
    answer: "none",
  }),
} satisfies NamedSnapTradeFaults;

export const cutResets = {
  "reset-blackhole-committed": onReset("the reset happens and no byte of its answer ever comes", { answer: "none" }),
  "reset-cut-before-answer": onReset("the reset happens and the connection is reset before any byte of its answer", {
    answer: "none",
    delivery: { ending: "rst" },
  }),
  "reset-closed-before-answer": onReset(
    "the reset happens and the connection is closed before any byte of its answer",
    {
      answer: "none",
      delivery: { ending: "fin" },
    },
  ),
  "reset-cut-uncommitted": onReset("the connection is reset in place of an answer, and the reset does not happen", {
    commit: "never",
    answer: "none",
    delivery: { ending: "rst" },
  }),
  "reset-cut-in-head": onReset("the reset happens and its answer is cut by RST inside the headers", {
    delivery: { cutAfter: insideHead, ending: "rst" },
  }),
  "reset-cut-before-secret": onReset("the reset happens and its answer is cut by RST just before the new secret", {
    delivery: { cutAfter: beforeSecret, ending: "rst" },
  }),
  "reset-cut-inside-secret": onReset("the reset happens and its answer is cut by RST in the middle of the new secret", {
    delivery: { cutAfter: insideSecret, ending: "rst" },
  }),
  "reset-closed-inside-secret": onReset("the reset happens and its answer ends in the middle of the new secret", {
    delivery: { cutAfter: insideSecret, ending: "fin" },
  }),
  "reset-cut-at-closing-quote": onReset(
    "the reset happens and the closing quote of the new secret is the first byte missing",
    {
      delivery: { cutAfter: atClosingQuote, ending: "rst" },
    },
  ),
  "reset-cut-after-secret": onReset("the reset happens and its answer is cut by RST just after the new secret", {
    delivery: { cutAfter: afterSecret, ending: "rst" },
  }),
  "reset-closed-after-secret": onReset("the reset happens and its answer ends just after the new secret", {
    delivery: { cutAfter: afterSecret, ending: "fin" },
  }),
  "reset-stalled-inside-secret": onReset(
    "the reset happens and its answer stops for ever in the middle of the new secret",
    {
      delivery: { cutAfter: insideSecret, ending: "stall" },
    },
  ),
  "reset-stalled-after-secret": onReset("the reset happens and its answer stops for ever just after the new secret", {
    delivery: { cutAfter: afterSecret, ending: "stall" },
  }),
} satisfies NamedSnapTradeFaults;

export const lateResets = {
  "reset-late-unanswered": onReset("the reset happens 300 ms late and no answer ever comes", {
    commit: { lateMs: LATE_MS },
    answer: "none",
  }),
  "reset-late-504": onReset("a gateway answers 504 at once and the reset happens 300 ms later", {
    commit: { lateMs: LATE_MS },
    answer: gatewayPage(504),
  }),
  "reset-late-429": onReset("a gateway answers with a complete 429 and the reset happens 100 ms later", {
    commit: { lateMs: GATEWAY_LATE_MS },
    answer: () => throttledReply("retry-after", 1, Date.now()),
  }),
  "reset-late-202": onReset("the reset is only accepted (202), without a secret, and the reset happens 300 ms later", {
    commit: { lateMs: LATE_MS },
    answer: () => ({ status: 202, body: '{"detail":"The request was queued."}', strays: "status" }),
  }),
  "reset-late-cut": onReset("the connection is reset at once and the reset happens 300 ms later", {
    commit: { lateMs: LATE_MS },
    answer: "none",
    delivery: { ending: "rst" },
  }),
} satisfies NamedSnapTradeFaults;

export const answeredResets = {
  "reset-400": onReset("the reset is rejected with 400", {
    commit: never,
    answer: () => errorReply(400, "0000", "Unable to verify data sent"),
  }),
  "reset-401-signature": onReset("the reset is rejected with 401 and code 1076: signature or clock", {
    commit: never,
    answer: badSignature,
  }),
  "reset-401-dead": onReset("the reset is rejected with 401 and code 1083 although the old secret is live", {
    commit: never,
    answer: () => badSecret(),
  }),
  "reset-overtaken": onReset("another rotation comes first and this reset is rejected with 401 and code 1083", {
    overtaken: true,
  }),
  "reset-403": onReset("the reset is rejected with 403", {
    commit: never,
    answer: () => errorReply(403, "0000", "You do not have permission to perform this action."),
  }),
  "reset-404": onReset("the reset is rejected with 404", {
    commit: never,
    answer: () => errorReply(404, "0000", "Not found."),
  }),
  "reset-429": onReset("the reset is rejected with 429", { commit: never, answer: throttled(7) }),
  "reset-500": onReset("the reset is answered with 500 and does not happen", {
    commit: never,
    answer: serverError(500),
  }),
  "reset-500-committed": onReset("the reset happens and is answered with 500, without the new secret", {
    answer: serverError(500),
  }),
  "reset-500-with-secret": onReset("the reset happens and is answered with 500, the new secret in the body", {
    answer: errorWithSecret,
  }),
  "reset-502": onReset("a gateway answers 502 and the reset does not happen", {
    commit: never,
    answer: gatewayPage(502),
  }),
  "reset-502-committed": onReset("a gateway answers 502 and the reset happens", { answer: gatewayPage(502) }),
  "reset-502-page-committed": onReset(
    "the reset happens and a gateway answers 502 with a page of 50 quoted attributes",
    { answer: pageOfAttributes },
  ),
  "reset-201": onReset("the reset happens and is answered with 201 instead of 200", {
    answer: ({ userId, newSecret }) => ({
      status: 201,
      body: JSON.stringify({ userId, userSecret: newSecret }),
      strays: "status",
    }),
  }),
  "reset-403-echo": onReset("the reset is rejected with 403, and the answer repeats the old secret", {
    commit: never,
    answer: ({ oldSecret }) => errorReply(403, "0000", `Blocked by policy: {"userSecret":"${oldSecret}"}`),
  }),
  "reset-503": onReset("the reset is answered with 503 and does not happen", {
    commit: never,
    answer: serverError(503),
  }),
  "reset-504-committed": onReset("a gateway answers 504 and the reset happens", { answer: gatewayPage(504) }),
  "reset-301": onReset("the reset is answered with a redirect 301 and does not happen", {
    commit: never,
    answer: redirect(301),
  }),
  "reset-307": onReset("the reset is answered with a redirect 307 and does not happen", {
    commit: never,
    answer: redirect(307),
  }),
  "reset-307-committed": onReset("the reset happens and is answered with a redirect 307", { answer: redirect(307) }),
  "reset-308": onReset("the reset is answered with a redirect 308 and does not happen", {
    commit: never,
    answer: redirect(308),
  }),
} satisfies NamedSnapTradeFaults;
