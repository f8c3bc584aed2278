import type { IncomingHttpHeaders } from "node:http";
import { Allowance } from "./allowance";
import { type Answer, json, notFound, refusal, type Schemas, secondaryLimit } from "./answers";
import type { Call } from "./calls";
import type { Clock } from "./clock";
import type { GitHubPolicy } from "./options";
import { type Area, areaOf } from "./scopes";
import type { SetUpStep } from "./set-up-steps";

type Level = "read" | "write";

/** What a call needs of its token. */
interface Need {
  readonly area: Area;
  readonly level: Level;
}

const AUTHENTICATION_DOCS = "https://docs.github.com/rest";
const DEFAULT_WINDOW_MS = 60_000;

/** Decides who may call what and how often, and says so in the headers of every answer. */
export class Access {
  readonly #policy: GitHubPolicy;
  readonly #clock: Clock;
  readonly #allowance: Allowance;
  #writes: number[] = [];

  constructor(policy: GitHubPolicy, clock: Clock) {
    this.#policy = policy;
    this.#clock = clock;
    this.#allowance = new Allowance(policy, clock);
  }

  /** The reason to turn a call away before it is looked at; counts it against both limits. */
  refuse(call: Call, headers: IncomingHttpHeaders): Answer | undefined {
    if (headers["user-agent"] === undefined) return withoutUserAgent();
    return this.#refuseToken(headers.authorization) ?? this.#refuseCount(call);
  }

  /** The reason why this token may not do this, once it is known that the thing exists. */
  refusePermission(call: Call): Answer | undefined {
    const need = needOf(call);
    if (need === undefined) return undefined;
    const installation = this.#policy.token.startsWith("ghs_");
    const keyClosedToApps = installation && call.which === "key" && call.place?.app === "codespaces";
    const granted = this.#policy.permissions[need.area] ?? "write";
    if (!keyClosedToApps && (granted === "write" || granted === need.level)) return undefined;
    if (this.#isClassic()) {
      return call.place?.kind === "organization" ? notFound() : refusal(403, "Must have admin rights to Repository.");
    }
    return refusal(403, `Resource not accessible by ${installation ? "integration" : "personal access token"}`);
  }

  /** The headers that GitHub puts on every answer, whatever it says. */
  headers(call: Call, requestId: string): Record<string, string> {
    const { tokenExpiresAt: expiry, expiryFormat } = this.#policy;
    return {
      date: this.#clock.now().toUTCString(),
      server: "github.com",
      "x-github-media-type": "github.v3; format=json",
      "x-github-api-version-selected": "2022-11-28",
      "x-github-request-id": requestId,
      ...(this.#policy.tellsAllowance ? this.#allowanceHeaders() : {}),
      ...(expiry === undefined
        ? {}
        : { "github-authentication-token-expiration": this.#clock.expiry(expiry, expiryFormat) }),
      ...this.#permissionHeaders(call),
    };
  }

  /** `GET /rate_limit`, which itself costs nothing. */
  rateLimit(): Answer {
    if (!this.#policy.tellsAllowance) return refusal(404, "Rate limiting is not enabled.");
    const core: Schemas["rate-limit"] = this.#allowance.told;
    const body: Schemas["rate-limit-overview"] = { resources: { core, search: core }, rate: core };
    return json(200, body);
  }

  #allowanceHeaders(): Record<string, string> {
    const { limit, remaining, reset, used } = this.#allowance.told;
    return {
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": String(remaining),
      "x-ratelimit-reset": String(reset),
      "x-ratelimit-used": String(used),
      "x-ratelimit-resource": "core",
    };
  }

  #refuseToken(authorization: string | undefined): Answer | undefined {
    if (authorization === undefined) return refusal(401, "Requires authentication", {}, AUTHENTICATION_DOCS);
    const given = /^(?:token|bearer) (?<token>\S+)$/iu.exec(authorization)?.groups?.["token"];
    const expiry = this.#policy.tokenExpiresAt;
    const expired = expiry !== undefined && expiry <= this.#clock.now();
    if (given === this.#policy.token && !expired) return undefined;
    return refusal(401, "Bad credentials", {}, AUTHENTICATION_DOCS);
  }

  #refuseCount(call: Call): Answer | undefined {
    if (call.which !== "rate-limit" && !this.#allowance.take()) {
      return refusal(403, "API rate limit exceeded for user ID 1.", {}, AUTHENTICATION_DOCS);
    }
    return call.method === "GET" ? undefined : this.#refuseWrite(this.#clock.now().getTime());
  }

  #refuseWrite(now: number): Answer | undefined {
    const limit = this.#policy.secondaryLimit;
    if (limit === undefined) return undefined;
    const windowMs = limit.windowMs ?? DEFAULT_WINDOW_MS;
    this.#writes = this.#writes.filter((at) => at > now - windowMs);
    if (this.#writes.length >= limit.writesPerMinute) {
      const seconds = limit.retryAfterSeconds;
      return secondaryLimit(limit.status ?? 403, seconds === undefined ? {} : { "retry-after": String(seconds) });
    }
    this.#writes.push(now);
    return undefined;
  }

  #isClassic(): boolean {
    return this.#policy.token.startsWith("ghp_");
  }

  #permissionHeaders(call: Call): Record<string, string> {
    const need = needOf(call);
    if (this.#isClassic()) {
      return {
        "x-oauth-scopes": this.#policy.classicScopes.join(", "),
        "x-accepted-oauth-scopes": call.place?.kind === "organization" ? "admin:org" : "repo",
      };
    }
    return need === undefined ? {} : { "x-accepted-github-permissions": `${need.area}=${need.level}` };
  }
}

function needOf(call: Call): Need | undefined {
  if (call.which === "run" || call.which === "environments") return { area: "actions", level: "read" };
  if (call.step !== undefined) return needOfStep(call.step, call.method);
  if (call.which === "repository") return { area: "metadata", level: "read" };
  if (call.place === undefined) return undefined;
  const area = areaOf(call.place);
  // The repository permission "Codespaces secrets" knows only write, reads included.
  return { area, level: call.method === "GET" && area !== "codespaces_secrets" ? "read" : "write" };
}

function needOfStep(step: SetUpStep, method: string): Need {
  const level = method === "GET" ? "read" : "write";
  switch (step.kind) {
    case "variables":
    case "variable":
      return { area: step.place.kind === "environment" ? "environments" : "actions_variables", level };
    case "environment":
      return { area: "administration", level };
    case "workflows":
    case "workflow":
    case "dispatch":
    case "runs":
      return { area: "actions", level };
  }
}

function withoutUserAgent(): Answer {
  return {
    status: 403,
    headers: { "content-type": "text/html" },
    body:
      "\r\nRequest forbidden by administrative rules. Please make sure your request has a User-Agent header " +
      "(https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). " +
      "Check https://developer.github.com for other possible causes.\r\n",
  };
}
