import { BAD_GATEWAY, forbidden, says } from "../github/fault-effects";
import { ANY, atReset, type Catalogue, fault, LONG_SAVE, PUT, setting, TWO } from "./ways";

const YOUNG_MS = 1_500;
const BLINK_MS = 3_000;
const A_DAY_MS = 86_400_000;

const APP_FORBIDDEN = "Resource not accessible by integration";

/** Tokens that were minted a moment ago, that GitHub forgets for seconds, and that end. */
export const tokens: Catalogue = {
  "copy-403-permission": fault(
    "The token loses its permission for the copy's environment just before the save.",
    { which: "put", name: "A_COPY" },
    forbidden(),
    { times: "always", stage: { inputs: { "save-to": TWO } } },
  ),
  "token-young-401": fault(
    "GitHub does not know an App's token for the first second and a half.",
    ANY,
    says(401, "Bad credentials"),
    { forMs: YOUNG_MS, stage: { tokenKind: "ghs_" } },
  ),
  "token-young-403": fault(
    "GitHub knows an App's token, but not its rights, for the first second and a half.",
    ANY,
    says(403, APP_FORBIDDEN),
    { forMs: YOUNG_MS, stage: { tokenKind: "ghs_" } },
  ),
  "token-young-for-writes": fault(
    "An App's token may read at once, and write only after a second and a half.",
    { method: "PUT" },
    says(403, APP_FORBIDDEN),
    { forMs: YOUNG_MS, stage: { tokenKind: "ghs_" } },
  ),
  "token-blinks-401": fault(
    "GitHub forgets a good token for three seconds at the save.",
    PUT,
    says(401, "Bad credentials"),
    {
      forMs: BLINK_MS,
      stage: LONG_SAVE,
    },
  ),
  "token-blinks-403": fault(
    "GitHub forgets a token's rights for three seconds at the save.",
    PUT,
    says(403, APP_FORBIDDEN),
    { forMs: BLINK_MS, stage: LONG_SAVE },
  ),
  "token-blinks-404": fault(
    "GitHub does not find the environment for three seconds at the save.",
    PUT,
    says(404, "Not Found"),
    {
      forMs: BLINK_MS,
      stage: LONG_SAVE,
    },
  ),
  "token-blinks-everywhere": setting(
    "From the save on GitHub forgets a good token for three seconds, whatever is asked.",
    ({ faults }, stage) => {
      atReset(stage, () => faults.inject({ on: ANY, effect: says(401, "Bad credentials"), forMs: BLINK_MS }));
    },
    LONG_SAVE,
  ),
  "put-502-404-502-404": {
    says: "GitHub answers the saves with 502, 404, 502, 404, and then takes one.",
    stage: LONG_SAVE,
    apply: ({ github }) => {
      for (const effect of [BAD_GATEWAY, says(404, "Not Found"), BAD_GATEWAY, says(404, "Not Found")]) {
        github.faults.inject({ on: PUT, effect });
      }
      return {};
    },
  },
  "put-every-refusal-in-turn": {
    says: "GitHub answers the saves with 401, 403, 302, 409, 503, each of them once.",
    stage: LONG_SAVE,
    apply: ({ github }) => {
      const strays = "status" as const;
      const login = { location: "https://github.com/login" };
      const moved = { kind: "answer", status: 302, headers: login, strays } as const;
      const refusals = [
        says(401, "Bad credentials"),
        forbidden(),
        moved,
        { ...says(409, "Conflict"), strays },
        says(503, "Unavailable"),
      ];
      for (const effect of refusals) github.faults.inject({ on: PUT, effect });
      return {};
    },
  },
  "token-ends-in-six-days": setting("The token expires in six days.", ({ policy }) => {
    policy.tokenExpiresAt = new Date(Date.now() + 6 * A_DAY_MS);
  }),
  "token-ends-in-six-days-by-offset": setting(
    "The token expires in six days, which GitHub reports in another time zone.",
    ({ policy }) => {
      policy.tokenExpiresAt = new Date(Date.now() + 6 * A_DAY_MS);
      policy.expiryFormat = "offset";
    },
  ),
  "token-ends-in-a-month": setting("The token expires in a month.", ({ policy }) => {
    policy.tokenExpiresAt = new Date(Date.now() + 30 * A_DAY_MS);
  }),
};
