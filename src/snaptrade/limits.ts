import type { Allowance } from "../rotation/model";
import { isRecord, parseJson } from "../text/json";
import { wholeNumber } from "../text/number";
import type { Frame } from "./frame";

/** A larger number is not a duration but a time: Unix seconds of the year 2001 and later. */
const UNIX_SECONDS_MIN = 1_000_000_000;

/** SnapTrade may limit requests without these headers. Null if the answer has none. */
export function allowanceOf({ headers }: Frame): Allowance | null {
  const remaining = wholeNumber(headers.get("x-ratelimit-remaining"), 9);
  const resetMs = resetMsIn(headers);
  if (remaining === null || resetMs === null) return null;
  return { limit: wholeNumber(headers.get("x-ratelimit-limit"), 9), remaining, resetMs };
}

/** How long a 429 asks to wait, in ms: by `Retry-After`, `X-RateLimit-Reset`, or its sentence; null if unknown. */
export function throttleMs({ headers, body }: Frame): number | null {
  return retryAfterMs(headers) ?? resetMsIn(headers) ?? sentenceMs(body);
}

/** Seconds, or a date. */
function retryAfterMs(headers: Frame["headers"]): number | null {
  const text = headers.get("retry-after");
  if (text === undefined) return null;
  const seconds = decimal(text);
  if (seconds !== null) return seconds * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - serverTime(headers));
}

/** Seconds, or Unix time. */
function resetMsIn(headers: Frame["headers"]): number | null {
  const value = decimal(headers.get("x-ratelimit-reset"));
  if (value === null) return null;
  return value < UNIX_SECONDS_MIN ? value * 1000 : Math.max(0, value * 1000 - serverTime(headers));
}

/** "Request was throttled. Expected available in 7 seconds." */
function sentenceMs(body: Uint8Array): number | null {
  const json = parseJson(body);
  const detail = isRecord(json) ? json["detail"] : undefined;
  const seconds = typeof detail === "string" ? /available in (\d{1,6}) second/i.exec(detail)?.[1] : undefined;
  return seconds === undefined ? null : Number(seconds) * 1000;
}

/** The server's own clock if it sends it, so that a skew does not matter. */
function serverTime(headers: Frame["headers"]): number {
  const date = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(date) ? Date.now() : date;
}

function decimal(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,12}(?:\.\d{1,6})?$/.test(text.trim()) ? Number(text) : null;
}
