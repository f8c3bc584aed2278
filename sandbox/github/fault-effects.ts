import { type Answer, refusal, UNICORN_PAGE } from "./answers";
import type { Effect, MadeUpAnswer } from "./faults";

/** The answer breaks off within its headers. */
export function cutHeaders(): Effect {
  return { kind: "cut-answer", afterBytes: 60, by: "rst" };
}

/** GitHub says that it failed. */
export function serverError(status: 500 | 503): { readonly kind: "answer" } & MadeUpAnswer {
  return says(status, "Server Error");
}

/** GitHub's front door has nobody behind it. */
export const BAD_GATEWAY = { kind: "answer", status: 502, body: UNICORN_PAGE } as const;

/** GitHub does not know the token. */
export function badCredentials(): Effect {
  return says(401, "Bad credentials");
}

/** GitHub knows the token, which may not do this. */
export function forbidden(): Effect {
  return says(403, "Resource not accessible by personal access token");
}

/** GitHub refuses in words of its own. */
export function says(status: number, message: string): { readonly kind: "answer" } & MadeUpAnswer {
  return from(refusal(status, message));
}

/** An answer that the stand-in knows how to give, given out of place. */
export function from(answer: Answer): { readonly kind: "answer" } & MadeUpAnswer {
  const { status, headers = {}, body = "" } = answer;
  return { kind: "answer", status, headers, body };
}
