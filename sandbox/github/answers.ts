import type { components } from "@octokit/openapi-types";
import type { Stray } from "../wire-record";

/** GitHub's own description of its answers. */
export type Schemas = components["schemas"];

/** One HTTP answer, before the headers that every answer carries. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body as it goes out; absent for 204. */
  readonly body?: string;
  /** Where it is not as GitHub's description has it. */
  readonly strays?: Stray | undefined;
}

const JSON_TYPE = "application/json; charset=utf-8";

/** A JSON answer; callers type the body with GitHub's own description before they pass it. */
export function json(status: number, body: object, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { "content-type": JSON_TYPE, ...headers }, body: JSON.stringify(body) };
}

/** An error as GitHub words them: a message, where to read on, and the status once more as a string. */
export function refusal(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  documentation = "https://docs.github.com/rest/actions/secrets",
): Answer {
  const body: Schemas["basic-error"] = { message, documentation_url: documentation, status: String(status) };
  return json(status, body, headers);
}

/** What GitHub says of everything that does not exist or that the token cannot see. */
export function notFound(): Answer {
  return refusal(404, "Not Found", {}, "https://docs.github.com/rest");
}

/** A secondary rate limit; GitHub does not always say how long to wait. */
export function secondaryLimit(status: 403 | 429, headers: Readonly<Record<string, string>>): Answer {
  return refusal(
    status,
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. " +
      "For more on scraping GitHub and how it may affect your rights, please review our Terms of Service.",
    headers,
    "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits",
  );
}

/** The page that GitHub's front door shows when nothing behind it answers. */
export const UNICORN_PAGE =
  "<!DOCTYPE html>\n<html>\n  <head><title>Unicorn! &middot; GitHub</title></head>\n  <body>\n" +
  "    <p><strong>We had issues producing the response to your request.</strong></p>\n  </body>\n</html>\n";

/** GitHub's words for a box that its key does not open. */
export const IMPROPER_BOX = "Bad request - validation failed due to an improperly encrypted secret";

/** No public source gives GitHub's words for a full place, so these are the stand-in's own. */
export function quotaMessage(maximum: number): string {
  return `You have reached the maximum number of secrets (${maximum}).`;
}
