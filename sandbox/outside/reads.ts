import { says } from "../github/fault-effects";
import { type Catalogue, fault, SECONDARY, setting, told } from "./ways";

const DELETE = { which: "delete" } as const;

/** Reads that lag behind writes, and canaries that will not go. */
export const reads: Catalogue = {
  "canary-delete-finds-nothing": fault(
    "The first DELETE of the canary finds nothing, though it is there.",
    DELETE,
    says(404, "Not Found"),
  ),
  "made-not-found": setting("GitHub does not find what was made less than a second and a half ago.", ({ policy }) => {
    policy.createLagMs = 1_500;
  }),
  "deleted-still-shown": setting("GitHub goes on showing what was deleted, for three seconds.", ({ policy }) => {
    policy.deleteLagMs = 3_000;
  }),
  "updated-at-lags": setting(
    "GitHub goes on reporting the old time of the last change for three seconds.",
    ({ policy }) => {
      policy.metadataLagMs = 3_000;
    },
  ),
  "everything-lags": setting("Whatever GitHub is asked about, the answer is a second and a half old.", ({ policy }) => {
    Object.assign(policy, { createLagMs: 1_500, deleteLagMs: 1_500, metadataLagMs: 1_500 });
  }),
  "canary-delete-throttled": fault(
    "GitHub throttles every DELETE for three minutes.",
    DELETE,
    told(429, SECONDARY, (leftMs) => ({ "retry-after": String(Math.ceil(leftMs / 1_000)) })),
    { forMs: 180_000 },
  ),
  "canary-delete-forbidden": fault(
    "The token may write secrets, but not delete them.",
    DELETE,
    says(403, "Resource not accessible by personal access token"),
    { times: "always" },
  ),
  "listing-forbidden": fault(
    "The token may read each secret by its name, but not the list of them.",
    { which: "list" },
    says(403, "Resource not accessible by personal access token"),
    { times: "always" },
  ),
  "listing-500": fault(
    "GitHub answers every question for the list of secrets with a 500.",
    { which: "list" },
    says(500, "Server Error"),
    {
      times: "always",
    },
  ),
};
