import { BLIPS_MS, LIMITS_WAIT_MAX_MS, RETRY_PAUSE_MAX_MS, RETRY_PAUSE_MIN_MS, YOUNG_MS } from "../timing";
import type { Attempt, Fault } from "./model";
import type { Ports } from "./ports";
import { unlessStopped } from "./stop";

/** Retries a request that changes nothing, or only what is undone later, while its fault may pass. */
export async function persist<T>(
  request: () => Promise<Attempt<T>>,
  { ports }: { readonly ports: Pick<Ports, "clock" | "operator" | "cancellation"> },
): Promise<Attempt<T>> {
  const { clock, operator, cancellation } = ports;
  const begin = clock.now();
  let throttledMs = 0;
  let pauseMs = RETRY_PAUSE_MIN_MS;
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
    pauseMs = Math.min(pauseMs * 2, RETRY_PAUSE_MAX_MS);
    await clock.sleep(waitMs);
  }
}

/** How long to retry a request with this fault if nothing is at stake; 0 if a retry is pointless. */
export function patienceMs(fault: Fault): number {
  if (fault.repeatable === true) return BLIPS_MS;
  return isYoung(fault) ? YOUNG_MS : 0;
}

/** Possible answers while a new token is not known everywhere. */
function isYoung({ cause }: Fault): boolean {
  return ["unauthorized", "forbidden", "forbidden-permission", "missing"].includes(cause);
}

/** Processes all items, a few at a time, even if one stops. The results are in the order of the items. */
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
