import type { Allowances } from "../contract";
import type { Row } from "./row";

const rotated = ["rotated", "main", 1, "saved"] as const;
const unchanged = ["unchanged", "main", 0, "saved"] as const;
const unsaved = ["unsaved", "main", 1, "not saved"] as const;

const LIMITS: Readonly<Record<string, Row>> = {
  "allowance-of-seven": unchanged,
  "allowance-short-of-the-save": unchanged,
  "allowance-back-in-two-seconds": rotated,
  "allowance-used-up-by-another": rotated,
  "allowance-used-up-for-an-hour": unsaved,
  "rate-limiting-off": rotated,
  "throttled-zero-for-ever": unsaved,
  "throttled-by-a-date": rotated,
  "throttled-for-longer-than-there-is": rotated,
  "throttled-for-an-hour": unsaved,
  "throttled-in-old-words": rotated,
  "canary-throttled": rotated,
  "reads-throttled": rotated,
  "sixty-destinations": rotated,
};

const TOKENS: Readonly<Record<string, Row>> = {
  "copy-403-permission": ["partly-saved", "main", 1, "saved"],
  "token-young-401": rotated,
  "token-young-403": rotated,
  "token-young-for-writes": rotated,
  "token-blinks-401": rotated,
  "token-blinks-403": rotated,
  "token-blinks-404": rotated,
  "token-blinks-everywhere": rotated,
  "put-502-404-502-404": rotated,
  "put-every-refusal-in-turn": rotated,
  "token-ends-in-six-days": rotated,
  "token-ends-in-six-days-by-offset": rotated,
  "token-ends-in-a-month": rotated,
};

const READS: Readonly<Record<string, Row>> = {
  "canary-delete-finds-nothing": rotated,
  "made-not-found": rotated,
  "deleted-still-shown": rotated,
  "updated-at-lags": rotated,
  "everything-lags": rotated,
  "canary-delete-throttled": rotated,
  "canary-delete-forbidden": rotated,
  "listing-forbidden": rotated,
  "listing-500": rotated,
};

const ANSWERS: Readonly<Record<string, Row>> = {
  "key-cut-once": rotated,
  "key-half-once": rotated,
  "key-empty-once": rotated,
  "key-html-once": rotated,
  "metadata-cut-once": rotated,
  "metadata-half-once": rotated,
  "metadata-empty-once": rotated,
  "canary-html-once": rotated,
  "canary-html-always": unchanged,
  "put-html-once": rotated,
  "put-accepted-later": rotated,
  "github-502-for-two-seconds": rotated,
  "put-503-for-four-seconds": rotated,
  "key-endless-once": rotated,
  "key-endless": unchanged,
  "put-endless-once": rotated,
  "put-unanswered": rotated,
  "put-unanswered-but-stored": rotated,
  "login-page-always": unchanged,
  "login-page-at-save": rotated,
  "key-id-is-a-number": rotated,
  "key-id-changes-at-save": rotated,
  "key-changes-before-reset": unchanged,
  "bad-day": rotated,
};

const AUDIENCES: Readonly<Record<string, Row>> = {
  "dependabot-ids-as-strings": rotated,
  "audience-list-short": unchanged,
  "audience-list-short-once": rotated,
  "audience-of-many-pages": rotated,
  "audience-page-lost-once": rotated,
  "audience-changes-before-reset": unchanged,
  "audience-changes-at-reset": rotated,
  "audience-changes-after-save": rotated,
};

const POLICIES: Readonly<Record<string, Row>> = {
  "policy-token-lifetime": unchanged,
  "policy-saml": unchanged,
  "policy-saml-elsewhere": unchanged,
  "policy-ip-allow-list": unchanged,
  "policy-classic-forbidden": unchanged,
  "repository-archived": unchanged,
  "repository-archived-at-save": unsaved,
  "account-suspended": unchanged,
  "permission-to-write-environments": unchanged,
  "permission-to-read-environments": unchanged,
};

const CONNECTIONS: Readonly<Record<string, Row>> = {
  "put-connection-dies": rotated,
  "all-connections-die": rotated,
  "github-silent-from-reset": unsaved,
  "github-silent-for-four-seconds": rotated,
  "github-resets-from-reset": unsaved,
  "handshake-of-400-ms": rotated,
  "connect-of-400-ms": rotated,
  "names-fail-at-first": rotated,
  "first-address-dead": rotated,
  "reset-struck-in-the-handshake": rotated,
  "github-refuses": unchanged,
  "github-unknown-host": unchanged,
  "github-certificate-unknown": unchanged,
};

const PROXIES: Readonly<Record<string, Row>> = {
  "proxy-silent": unchanged,
  "proxy-silent-from-reset": unsaved,
  "proxy-ends": unchanged,
  "proxy-ends-from-reset": unsaved,
  "proxy-says-continue": unchanged,
  "proxy-says-continue-from-reset": unsaved,
  "proxy-resets": unchanged,
  "proxy-wants-credentials": unchanged,
  "proxy-wants-credentials-from-reset": unsaved,
  "proxy-forbids": unchanged,
  "proxy-starts-anew": rotated,
  "proxy-takes-a-second": rotated,
  "no-proxy-by-domain": rotated,
  "no-proxy-by-dotted-domain": rotated,
  "no-proxy-by-range": rotated,
};

const PEOPLE: Readonly<Record<string, Row>> = {
  "place-filled-by-another": unsaved,
  "environment-misspelt": unchanged,
  "secret-named-like-a-canary": rotated,
  "secret-that-looks-like-a-canary": rotated,
  "secret-deleted-at-reset": rotated,
  "organization-secret-hidden": rotated,
  "organization-secret-hidden-by-an-environment": ["checked", "main", 0, "saved"],
  "repository-secret-hidden": ["checked", "main", 0, "saved"],
  "id-in-the-command-checked": ["checked", "main", 0, "saved"],
  "id-in-the-command": unsaved,
};

/** What is right where GitHub, the way to it, or other people do what they have done elsewhere. */
export const OUTSIDE_TABLE: Readonly<Record<string, Row>> = {
  ...LIMITS,
  ...TOKENS,
  ...READS,
  ...ANSWERS,
  ...AUDIENCES,
  ...POLICIES,
  ...CONNECTIONS,
  ...PROXIES,
  ...PEOPLE,
};

/** What such a fault takes away by itself. */
export const OUTSIDE_ALLOWANCES: Readonly<Record<string, Allowances>> = {
  "canary-delete-throttled": { canaryLeft: true },
  "canary-delete-forbidden": { canaryLeft: true },
  "secret-that-looks-like-a-canary": { canaryLeft: true },
};
