import { UNICORN_PAGE } from "../github/answers";
import { BAD_GATEWAY, cutHeaders, says } from "../github/fault-effects";
import type { Effect } from "../github";
import { ANY, type Catalogue, fault, LONG_SAVE, PUT, setting } from "./ways";

const KEY = { which: "key" } as const;
const METADATA = { which: "metadata" } as const;
const CANARY = { which: "canary" } as const;
const ENOUGH_FOR_ANY_MACHINE = 300;

const LOGIN: Effect = {
  kind: "answer",
  status: 302,
  headers: { location: "https://login.corp.test/sso?return=api" },
  body: "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in.</body></html>\n",
  strays: "status",
};
/** For a PUT GitHub knows no 200, and for a GET no page. */
const PAGE = { kind: "answer", status: 200, body: UNICORN_PAGE } as const;
const PAGE_FOR_PUT: Effect = { ...PAGE, strays: "status" };

/** Answers that are not what GitHub's description promises, once or for good. */
export const answers: Catalogue = {
  "key-cut-once": fault("One answer with the public key breaks off.", KEY, cutHeaders()),
  "key-half-once": fault("One answer with the public key is half a JSON text.", KEY, { kind: "truncated-json" }),
  "key-empty-once": fault("One answer with the public key has an empty body.", KEY, { kind: "empty-body" }),
  "key-html-once": fault("One answer with the public key is an HTML page with status 200.", KEY, {
    ...PAGE,
    strays: "content type",
  }),
  "metadata-cut-once": fault("One answer with the secret's metadata breaks off.", METADATA, cutHeaders()),
  "metadata-half-once": fault("One answer with the secret's metadata is half a JSON text.", METADATA, {
    kind: "truncated-json",
  }),
  "metadata-empty-once": fault("One answer with the secret's metadata has an empty body.", METADATA, {
    kind: "empty-body",
  }),
  "canary-html-once": fault(
    "One write check gets an HTML page with status 200, and nothing is stored.",
    CANARY,
    PAGE_FOR_PUT,
  ),
  "canary-html-always": fault(
    "Every write check gets an HTML page with status 200, and nothing is stored.",
    CANARY,
    PAGE_FOR_PUT,
    {
      times: "always",
    },
  ),
  "put-html-once": fault("The first save gets an HTML page with status 200, and nothing is stored.", PUT, PAGE_FOR_PUT),
  "put-accepted-later": fault(
    "A gateway answers the first save with a 202, and passes it on a moment later.",
    PUT,
    { kind: "late", applyAfterMs: 1_000, meanwhile: { status: 202, body: {}, strays: "status" } },
    { stage: LONG_SAVE },
  ),
  "github-502-for-two-seconds": fault(
    "GitHub's front door answers everything with a 502 for two seconds, from the first request on.",
    ANY,
    BAD_GATEWAY,
    { forMs: 2_000 },
  ),
  "put-503-for-four-seconds": fault(
    "GitHub is under maintenance for four seconds from the save on.",
    PUT,
    says(503, "This endpoint is temporarily being throttled."),
    { forMs: 4_000, stage: LONG_SAVE },
  ),
  "key-endless-once": fault("One answer with the public key is 300 MB long.", KEY, {
    kind: "flood",
    megabytes: ENOUGH_FOR_ANY_MACHINE,
  }),
  "key-endless": fault(
    "Every answer with the public key is 300 MB long.",
    KEY,
    { kind: "flood", megabytes: ENOUGH_FOR_ANY_MACHINE },
    { times: "always" },
  ),
  "put-endless-once": fault(
    "The first save is not stored, and its answer is 300 MB long.",
    PUT,
    { kind: "flood", megabytes: ENOUGH_FOR_ANY_MACHINE },
    { stage: LONG_SAVE },
  ),
  "put-unanswered": fault(
    "GitHub takes the first save and never answers it, and there are ten minutes for saving.",
    PUT,
    { kind: "cut", applied: false, by: "stall" },
    { stage: LONG_SAVE },
  ),
  "put-unanswered-but-stored": fault(
    "GitHub stores the first save and never answers it, and there are ten minutes for saving.",
    PUT,
    { kind: "cut", applied: true, by: "stall" },
    { stage: LONG_SAVE },
  ),
  "login-page-always": fault("Something in between sends every request on to a login page.", ANY, LOGIN, {
    times: "always",
  }),
  "login-page-at-save": fault("Something in between sends saves on to a login page, for four seconds.", PUT, LOGIN, {
    forMs: 4_000,
    stage: LONG_SAVE,
  }),
  "key-id-is-a-number": setting("An old Enterprise Server reports key_id as a number beyond 2^53.", ({ policy }) => {
    policy.keyIdAs = "number";
  }),
  "key-id-changes-at-save": {
    says: "Every product has a new key_id and every place a new key at the moment of the save.",
    apply: ({ github }) => {
      github.faults.inject({ on: PUT, effect: { kind: "act", act: () => github.faults.rotateKey() } });
      return {};
    },
  },
  "key-changes-before-reset": {
    says: "The environment gets a new key right after the write check, before the reset.",
    apply: ({ github, destinations }) => {
      github.on("delete-applied", () => {
        for (const { where } of destinations) github.faults.rotateKey(where);
      });
      return {};
    },
  },
  "bad-day": setting(
    "The token is young, key_id is a number, reads lag, the allowance is small, and the first two saves fail in two ways.",
    ({ policy, faults }) => {
      faults.inject({ on: ANY, effect: says(401, "Bad credentials"), forMs: 1_000 });
      faults.inject({ on: PUT, effect: says(404, "Not Found") });
      faults.inject({ on: PUT, effect: { kind: "cut", applied: false, by: "rst" } });
      Object.assign(policy, { createLagMs: 500, deleteLagMs: 500, metadataLagMs: 1_000, keyIdAs: "number" });
      policy.rateLimit = { limit: 5_000, windowMs: 3_600_000, remaining: 80 };
    },
    { ...LONG_SAVE, tokenKind: "ghs_" },
  ),
};
