import type { ResetFacts } from "./faults";
import { errorReply } from "./gate";
import { onProbe } from "./named-fault";
import type { NamedSnapTradeFault, NamedSnapTradeFaults } from "./named-fault";
import { throttledReply } from "./rate-limit";
import type { LimitStyle } from "./rate-limit";
import type { SnapTradeStandIn } from "./types";
import type { Reply } from "./wire";

/** Ways in which a gateway may write down the URL that it was asked for. */
const ECHOES = {
  plain: (url) => url,
  percent: encodeURIComponent,
  "percent-twice": (url) => encodeURIComponent(encodeURIComponent(url)),
  base64: (url) => Buffer.from(url).toString("base64"),
  hex: (url) => Buffer.from(url).toString("hex"),
  "upper-case": (url) => url.toUpperCase(),
  html: (url) => url.replaceAll("&", "&amp;").replace(/[-=?]/g, (one) => `&#${one.charCodeAt(0)};`),
  json: (url) => JSON.stringify(url.replace(/[-=?&]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`)),
} as const satisfies Record<string, (url: string) => string>;

const PART_LENGTH = 12;

function echoing(
  status: number,
  key: "detail" | "message",
  echo: (facts: ResetFacts) => string,
): (facts: ResetFacts) => Reply {
  return (facts) => ({
    status,
    body: JSON.stringify({ [key]: `No route for ${echo(facts)}`, code: "1011" }),
    strays: "body",
  });
}

const always = (says: string, answer: (facts: ResetFacts) => Reply): NamedSnapTradeFault =>
  onProbe(`every liveness probe ${says}`, { times: "always", answer });

const echoFaults = Object.fromEntries(
  Object.entries(ECHOES).map(([name, write]): [string, NamedSnapTradeFault] => [
    `probe-404-echo-${name}`,
    always(
      `is answered by a proxy with 404 and the whole URL, the secret with it (${name})`,
      echoing(404, name === "percent" ? "message" : "detail", ({ target }) => write(target)),
    ),
  ]),
);

/** Something is so from the first probe on for so long, and then no more. */
export function forAWhile(standIn: SnapTradeStandIn, ms: number, answer: () => Reply): void {
  let since: number | undefined;
  standIn.faults.onProbe({
    times: "always",
    answer: () => {
      since ??= performance.now();
      return performance.now() < since + ms ? answer() : undefined;
    },
  });
}

const THROTTLED_MS = 2_000;

/** A limit that was used up by somebody else, for two seconds. */
export const throttledBy =
  (style: LimitStyle) =>
  (standIn: SnapTradeStandIn): void => {
    let since: number | undefined;
    // Else every answer would tell more than the style does.
    standIn.faults.rateLimit = { ...standIn.faults.rateLimit, style };
    forAWhile(standIn, THROTTLED_MS, () => {
      since ??= performance.now();
      const seconds = Math.max(1, Math.ceil((since + THROTTLED_MS - performance.now()) / 1000));
      const reply = throttledReply(style, seconds, Date.now());
      if (style !== "reset-as-unix-time") return reply;
      const reset = String(Math.ceil(Date.now() / 1000) + seconds);
      return { ...reply, headers: { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset } };
    });
  };

const PERSONAL = "Personal API keys cannot be used here, use the OAuth bearer flow.";

export const oddProbes = {
  "probe-403-1012": always("is answered with 403 and code 1012: a Personal key", () =>
    errorReply(403, "1012", PERSONAL),
  ),
  "probe-400-1012": always("is answered with 400 and code 1012: a Personal key", () =>
    errorReply(400, "1012", PERSONAL),
  ),
  "probe-403-0000": always("is answered with 403 and code 0000", () =>
    errorReply(403, "0000", "You do not have permission to perform this action."),
  ),
  "probe-400-timestamp": always("is answered with 400: the timestamp is invalid", () =>
    errorReply(400, "0000", "Invalid timestamp"),
  ),
  "probe-400-timestamp-once": onProbe("the first liveness probe is answered with 400: the timestamp is invalid", {
    answer: () => errorReply(400, "0000", "Invalid timestamp"),
  }),
  "probe-401-0000": always("is answered with 401 and code 0000", () =>
    errorReply(401, "0000", "Authentication credentials were not provided."),
  ),
  "probe-401-html-twice": onProbe("a firewall answers the first two liveness probes with 401 and an HTML page", {
    times: 2,
    answer: () => ({
      status: 401,
      headers: { "Content-Type": "text/html" },
      body: "<html>Sign in</html>",
      strays: "content type",
    }),
  }),
  "probe-302-login": always("is answered with a redirect to a login page", () => ({
    status: 302,
    headers: { Location: "https://login.corp.test/?next=/authorizations" },
    body: "",
    strays: "status",
  })),
  "probe-200-html": always("is answered with 200 and a page that is no list", () => ({
    status: 200,
    headers: { "Content-Type": "text/html" },
    body: "<html><title>Welcome to the network</title></html>",
    strays: "content type",
  })),
  ...echoFaults,
  "probe-403-echo-part": always(
    `is answered by a proxy with 403 and ${PART_LENGTH} characters of the secret`,
    echoing(403, "detail", ({ oldSecret }) => `...${oldSecret.slice(0, PART_LENGTH)}...`),
  ),
  "probe-500-echo-after-reset": onProbe("every liveness probe after the reset is answered with 500 and its secret", {
    phase: "after-reset",
    times: "always",
    answer: echoing(500, "detail", ({ oldSecret }) => `userSecret=${oldSecret}`),
  }),
} satisfies NamedSnapTradeFaults;
