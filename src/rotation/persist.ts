import type { Attempt, Fault } from "./model";
import type { Ports } from "./ports";
import { unlessStopped } from "./stop";

/** For how long whatever may be repeated freely is repeated before the reset: a single blip is no reason to be red. In ms. */
const BLIPS_MS = 10_000;
/** For how long a token may be unknown, or without its rights, after it was minted. In ms. */
const YOUNG_MS = 5_000;
/** How long GitHub's limits are waited for, all waits for one request together. In ms. */
const LIMITS_WAIT_MAX_MS = 120_000;
/** A limit that says "at once" is not taken at its word. In ms. */
const PAUSE_MIN_MS = 200;
const PAUSE_MAX_MS = 2_000;

/** Repeats a request that changes nothing which is not changed back, while its fault is one that may pass. */
export async function persist<T>(
  request: () => Promise<Attempt<T>>,
  { ports }: { readonly ports: Pick<Ports, "clock" | "operator" | "cancellation"> },
): Promise<Attempt<T>> {
  const { clock, operator, cancellation } = ports;
  const begin = clock.now();
  let throttledMs = 0;
  let pauseMs = PAUSE_MIN_MS;
  for (;;) {
    const attempt = await request();
    if (attempt.ok || cancellation.seen !== null) return attempt;
    const { fault } = attempt;
    const spentMs = clock.now() - begin - throttledMs;
    let waitMs = pauseMs;
    if (fault.cause === "throttled") {
      waitMs = Math.max(pauseMs, fault.retryAfterMs ?? 0);
      throttledMs += waitMs;
      if (throttledMs > LIMITS_WAIT_MAX_MS) return attempt;
      operator.say({ code: "waiting-for-rate-limit", service: "GitHub", waitMs, isResetSent: false });
    } else if (spentMs + waitMs > patienceMs(fault)) return attempt;
    pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS);
    await clock.sleep(waitMs);
  }
}

/** For how long a request with this fault is repeated where nothing is at stake; 0 where another try would end as this one. */
export function patienceMs(fault: Fault): number {
  if (fault.repeatable === true) return BLIPS_MS;
  return isYoung(fault) ? YOUNG_MS : 0;
}

/** What GitHub may answer while a token that was minted a moment ago is not known everywhere. */
function isYoung({ cause }: Fault): boolean {
  return ["unauthorized", "forbidden", "forbidden-permission", "missing"].includes(cause);
}

/**
 * Works on all items, a few at a time, and returns what came of each in the order of the items. Each is worked on,
 * although one before it stops.
 */
export async function fewAtATime<T, R>(
  items: readonly T[],
  atATime: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const works: Promise<R>[] = [];
  const queue = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, item] = next;
      const one = work(item);
      works[index] = one;
      await unlessStopped(one);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, worker));
  return await Promise.all(works);
}
