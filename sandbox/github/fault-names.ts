import { IMPROPER_BOX, quotaMessage, secondaryLimit, UNICORN_PAGE } from "./answers";
import { BAD_GATEWAY, badCredentials, cutHeaders, forbidden, from, says, serverError } from "./fault-effects";
import type { BadKey, Effect, FaultTarget } from "./faults";
import type { GitHubRequest } from "./records";
import type { GitHubStandIn } from "./types";

/** A fault that a person can switch on by its name. */
export interface NamedGitHubFault {
  /** What happens in the world, as one plain sentence. */
  readonly says: string;
  readonly apply: (github: GitHubStandIn) => void;
}

type Times = number | "always";

const PUT: FaultTarget = { which: "put" };
const CANARY: FaultTarget = { which: "canary" };
const KEY: FaultTarget = { which: "key" };
const EITHER_PUT: FaultTarget = { which: ["put", "canary"] };
const CANARY_DELETE: FaultTarget = { which: "delete" };

/** Late enough that a client has given up or looked again, early enough for a person to wait for. */
const LATE_MS = 1_500;
const SLOW_MS = 2_000;
const RETRY_AFTER_SECONDS = 2;
const EXPIRES_IN_MS = 30_000;
const QUOTA = 100;

/** Every named fault of GitHub. The secret is `NAME`, its canary `NAME_CANARY`; "the save" is the PUT of `NAME` itself. */
export const githubFaultNames: Readonly<Record<string, NamedGitHubFault>> = {
  "put-500-once": fault("GitHub answers the first save with a 500, and takes the next one.", PUT, serverError(500)),
  "put-500-always": fault("GitHub answers every save with a 500.", PUT, serverError(500), "always"),
  "put-502-html": fault("GitHub's front door answers the first save with a 502 and an HTML page.", PUT, BAD_GATEWAY),
  "put-500-but-stored": fault("GitHub stores the secret and yet answers the save with a 500.", PUT, {
    ...serverError(500),
    applied: true,
  }),
  "put-401-once": fault("GitHub takes the token for a wrong one at the first save only.", PUT, badCredentials()),
  "put-401-always": fault("The token is revoked just before the save.", PUT, badCredentials(), "always"),
  "put-403-permission": fault("The token loses its permission just before the save.", PUT, forbidden(), "always"),
  "put-404": fault(
    "The repository vanishes from the token's sight just before the save.",
    PUT,
    says(404, "Not Found"),
    "always",
  ),
  "put-404-once": fault(
    "GitHub answers the first save with a 404, and takes the next one.",
    PUT,
    says(404, "Not Found"),
  ),
  "put-409": fault("GitHub answers the first save with a conflict.", PUT, {
    ...says(409, "Conflict"),
    strays: "status",
  }),
  "put-421": fault("A machine that does not serve the API answers the first save with a 421.", PUT, {
    ...says(421, "Misdirected Request"),
    strays: "status",
  }),
  "put-422-box": fault(
    "GitHub cannot open the first sealed secret, and takes the next one.",
    PUT,
    says(422, IMPROPER_BOX),
  ),
  "put-422-box-always": fault("GitHub can open nothing that is sent to it.", PUT, says(422, IMPROPER_BOX), "always"),
  "put-422-quota": fault(
    "The last free place for a secret is taken just before the save.",
    PUT,
    says(422, quotaMessage(QUOTA)),
    "always",
  ),
  "put-secondary-limit": fault(
    "GitHub asks the first save to come back in two seconds, with a 403.",
    PUT,
    from(secondaryLimit(403, { "retry-after": String(RETRY_AFTER_SECONDS) })),
  ),
  "put-secondary-limit-silent": fault(
    "GitHub turns the first save away for writing too much, without a word on how long to wait.",
    PUT,
    from(secondaryLimit(403, {})),
  ),
  "put-429": fault(
    "GitHub answers the first save with a 429 and asks to come back in two seconds.",
    PUT,
    from(secondaryLimit(429, { "retry-after": String(RETRY_AFTER_SECONDS) })),
  ),
  "put-429-reset": {
    says: "GitHub answers the first save with a 429 and reports only when its count begins again.",
    apply: (github) => {
      const reset = Math.ceil(Date.now() / 1000) + RETRY_AFTER_SECONDS;
      const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(reset) };
      github.faults.inject({ on: PUT, effect: from(secondaryLimit(429, headers)) });
    },
  },
  "put-reset-before": cut("The connection is reset before GitHub stores the secret.", false, "rst"),
  "put-closed-before": cut("The connection is closed before GitHub stores the secret.", false, "fin"),
  "put-reset-always": fault(
    "Every save ends in a reset connection, with nothing stored.",
    PUT,
    { kind: "cut", applied: false, by: "rst" },
    "always",
  ),
  "put-lost-ack": cut("GitHub stores the secret, and the connection is reset before it can report it.", true, "rst"),
  "put-lost-ack-closed": cut(
    "GitHub stores the secret, and the connection is closed before it can report it.",
    true,
    "fin",
  ),
  "put-lost-ack-always": fault(
    "GitHub stores every save and never manages to report it.",
    PUT,
    { kind: "cut", applied: true, by: "rst" },
    "always",
  ),
  "put-half-ack": fault("GitHub stores the secret, and its answer breaks off in the status line.", PUT, {
    kind: "cut-answer",
    afterBytes: 12,
    by: "fin",
  }),
  "put-lands-late": fault("The first save is cut off, and reaches GitHub's store a moment later all the same.", PUT, {
    kind: "late",
    applyAfterMs: LATE_MS,
    meanwhile: "rst",
  }),
  "put-lands-late-504": fault(
    "GitHub answers the first save with a 504, and stores it a moment later all the same.",
    PUT,
    {
      kind: "late",
      applyAfterMs: LATE_MS,
      meanwhile: { status: 504, body: UNICORN_PAGE },
    },
  ),
  "put-lands-late-silent": fault("GitHub never answers the first save, but stores it a moment later.", PUT, {
    kind: "late",
    applyAfterMs: LATE_MS,
    meanwhile: "stall",
  }),
  "put-stalls": fault("GitHub takes the first save and never answers it.", PUT, {
    kind: "cut",
    applied: false,
    by: "stall",
  }),
  "put-stalls-always": fault(
    "GitHub takes every save and never answers.",
    PUT,
    { kind: "cut", applied: false, by: "stall" },
    "always",
  ),
  "put-slow": fault("GitHub takes two seconds over every save.", PUT, { kind: "slow", delayMs: SLOW_MS }, "always"),
  "put-stored-empty": fault("GitHub acknowledges the save and stores an empty secret.", PUT, { kind: "store-empty" }),
  "key-changed": fault("GitHub changes the environment's key pair between the key's reading and the save.", PUT, {
    kind: "new-key",
  }),
  "key-not-base64": badKey("GitHub hands out a public key that is not base64.", "not-base64"),
  "key-31-bytes": badKey("GitHub hands out a public key that is one byte short.", "31-bytes"),
  "key-low-order": badKey(
    "GitHub hands out a public key of 32 zero bytes, to which nothing can be sealed.",
    "low-order",
  ),
  "key-missing": badKey("GitHub's answer to the question for its public key has no key in it.", "missing"),
  "key-truncated": fault(
    "GitHub's answer to the question for its public key is half a JSON text, with status 200.",
    KEY,
    { kind: "truncated-json" },
    "always",
  ),
  "key-cut": fault("GitHub's answer with the public key breaks off, every time.", KEY, cutHeaders(), "always"),
  "key-403": fault("The token may not even read the public key.", KEY, forbidden(), "always"),
  "key-500-once": fault("GitHub answers the first question for the public key with a 500.", KEY, serverError(500)),
  "canary-403-permission": fault("The token may read, but not write secrets.", EITHER_PUT, forbidden(), "always"),
  "canary-500-once": fault("GitHub answers the write check with a 500 once.", CANARY, serverError(500)),
  "canary-500-always": fault("GitHub answers every write check with a 500.", CANARY, serverError(500), "always"),
  "canary-422-box": fault("GitHub can open nothing of the write check.", CANARY, says(422, IMPROPER_BOX), "always"),
  "canary-lost-ack": fault("GitHub stores the canary, and the connection is reset before it can report it.", CANARY, {
    kind: "cut",
    applied: true,
    by: "rst",
  }),
  "canary-stalls": fault(
    "GitHub never answers the write check.",
    CANARY,
    { kind: "cut", applied: false, by: "stall" },
    "always",
  ),
  "canary-not-deleted": fault("GitHub answers every DELETE with a 500.", CANARY_DELETE, serverError(500), "always"),
  "canary-delete-lost-ack": fault(
    "GitHub deletes the canary, and the connection is reset before it can report it.",
    CANARY_DELETE,
    {
      kind: "cut",
      applied: true,
      by: "rst",
    },
  ),
  "quota-reached": fault(
    "The environment already has as many secrets as it can, so that no canary fits in.",
    CANARY,
    says(422, quotaMessage(QUOTA)),
    "always",
  ),
  "metadata-500-once": fault(
    "GitHub answers the first question for the secret's metadata with a 500.",
    { which: "metadata" },
    serverError(500),
  ),
  "metadata-truncated": fault(
    "GitHub's answer with the secret's metadata is half a JSON text, with status 200.",
    { which: "metadata" },
    { kind: "truncated-json" },
    "always",
  ),
  "metadata-lags": policy(
    "GitHub goes on reporting the old time of the last change for a second and a half.",
    (github) => {
      github.policy.metadataLagMs = LATE_MS;
    },
  ),
  "human-writes-in-between": humanWrites(false),
  "human-writes-then-500-always": humanWrites(true),
  "token-wrong": fault("The token is none that GitHub knows.", {}, badCredentials(), "always"),
  "token-expiring": policy("The token expires within half a minute.", (github) => {
    github.policy.tokenExpiresAt = new Date(Date.now() + EXPIRES_IN_MS);
  }),
  "token-reads-only": policy("The token may read secrets but not write them.", (github) => {
    const read = "read" as const;
    github.policy.permissions = { secrets: read, environments: read, organization_secrets: read };
  }),
  "token-without-secrets": policy("The token has none of the permissions for secrets.", (github) => {
    const none = "none" as const;
    github.policy.permissions = { secrets: none, environments: none, organization_secrets: none };
  }),
  "idle-closed": policy("GitHub closes every connection that is idle for a fifth of a second.", (github) => {
    github.policy.idleCloseMs = 200;
  }),
  "writes-limited": policy(
    "GitHub allows two writes in two seconds and asks for two seconds of patience.",
    (github) => {
      const windowMs = 1_000 * RETRY_AFTER_SECONDS;
      github.policy.secondaryLimit = { writesPerMinute: 2, windowMs, retryAfterSeconds: RETRY_AFTER_SECONDS };
    },
  ),
  "old-wrong-scope-box": policy(
    "GitHub stores a secret sealed for another environment's key as an empty secret, as it once did.",
    (github) => {
      github.policy.wrongScopeBoxStoredEmpty = true;
    },
  ),
  "github-slow": policy("Every answer of GitHub takes a second.", (github) => {
    github.policy.latencyMs = 1_000;
  }),
  "github-down": fault("GitHub resets every connection.", {}, { kind: "cut", applied: false, by: "rst" }, "always"),
  "github-403-secondary": fault(
    "GitHub turns every request away for asking too much.",
    {},
    from(secondaryLimit(403, { "retry-after": "60" })),
    "always",
  ),
};

function fault(sentence: string, on: FaultTarget, effect: Effect, times: Times = 1): NamedGitHubFault {
  return { says: sentence, apply: (github) => void github.faults.inject({ on, effect, times }) };
}

function cut(sentence: string, applied: boolean, by: "fin" | "rst"): NamedGitHubFault {
  return fault(sentence, PUT, { kind: "cut", applied, by });
}

function badKey(sentence: string, key: BadKey): NamedGitHubFault {
  return fault(sentence, KEY, { kind: "bad-key", key }, "always");
}

function policy(sentence: string, apply: (github: GitHubStandIn) => void): NamedGitHubFault {
  return { says: sentence, apply };
}

/** The first save fails, and before anybody can try again a person has put a value of their own there. */
function humanWrites(forEver: boolean): NamedGitHubFault {
  const after = forEver ? "and every further save fails too" : "and the next save would be taken";
  return {
    says: `The first save gets a 500, a person stores another value at that moment, ${after}.`,
    apply: ({ faults }) => {
      const write = ({ scope, name }: Readonly<GitHubRequest>): void => {
        if (scope !== undefined && name !== undefined) faults.humanWrites(scope, name, "set-by-a-person");
      };
      faults.inject({ on: PUT, effect: { kind: "act", act: write } });
      faults.inject({ on: PUT, effect: serverError(500), times: forEver ? "always" : 1 });
    },
  };
}
