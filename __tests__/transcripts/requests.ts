import type { Stage } from "../../sandbox/stage";
import { withPlaceholders } from "./placeholders";

interface Request {
  readonly at: number;
  readonly service: "GitHub" | "SnapTrade";
  readonly method: string;
  readonly path: string;
  readonly line: string;
  /** The reset, or a save of the primary: what comes before and after these is the protocol. */
  readonly isLandmark: boolean;
}

function requestsOf({ snapTrade, github, destinations: [primary] }: Stage): readonly Request[] {
  const lineOf = (
    service: string,
    { method, path, status }: { method: string; path: string; status?: number | undefined },
  ): string => withPlaceholders(`${service.padEnd(9)} ${method.padEnd(6)} ${status ?? "---"} ${path}`);
  return [
    ...snapTrade.requests.map((one): Request => {
      const { at, method, path } = one;
      return { at, service: "SnapTrade", method, path, line: lineOf("SnapTrade", one), isLandmark: method === "POST" };
    }),
    ...github.requests.map((one): Request => {
      const { at, method, path, which, scope, name } = one;
      const isLandmark = which === "put" && scope === primary?.where && name === primary?.name;
      return { at, service: "GitHub", method, path, line: lineOf("GitHub", one), isLandmark };
    }),
  ].sort((one, other) => one.at - other.at);
}

/**
 * The requests of a span of time, a line each, landmarks with a star. What lies between two landmarks may be under way
 * at the same time, so it is sorted by service and path, reads before writes, and writes to one path in their order. How
 * often something is asked again is a matter of speed, so a line stands once between two landmarks, and so does a
 * landmark that is repeated.
 */
export function requestLines(
  stage: Stage,
  span: (at: number) => boolean,
  ended: "by itself" | "killed" = "by itself",
): readonly string[] {
  const all = requestsOf(stage).filter(({ at }) => span(at));
  const requests = ended === "killed" ? [...all.slice(0, -1), ...all.slice(-1).map(withoutAnswer)] : all;
  const parts: { readonly landmark: string; readonly between: Request[] }[] = [{ landmark: "", between: [] }];
  for (const request of requests) {
    const last = parts.at(-1);
    if (!request.isLandmark) last?.between.push(request);
    else if (last?.landmark !== request.line) parts.push({ landmark: request.line, between: [] });
  }
  return parts.flatMap(({ landmark, between }) => [...(landmark === "" ? [] : [`* ${landmark}`]), ...sorted(between)]);
}

/** Whether an answer was still sent to a process that was killed is a matter of speed. */
function withoutAnswer(request: Request): Request {
  return request.isLandmark ? { ...request, line: request.line.replace(/ (---|\d{3}) /, " --- ") } : request;
}

function sorted(requests: readonly Request[]): readonly string[] {
  const keyOf = ({ service, method, path, line }: Request): string =>
    `${service} ${withPlaceholders(path)} ${method === "GET" ? `0 ${line}` : "1"}`;
  // So is whether a request was still open when the process ended, where the same was answered before.
  const answered = new Set(requests.filter(isAnswered).map(({ method, path }) => `${method} ${path}`));
  const told = requests.filter((one) => isAnswered(one) || !answered.has(`${one.method} ${one.path}`));
  const keyed = told.map((request) => ({ key: keyOf(request), line: `  ${request.line}` }));
  const inOrder = keyed.toSorted((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0));
  return [...new Set(inOrder.map(({ line }) => line))];
}

function isAnswered({ line }: Request): boolean {
  return !line.includes(" --- ");
}
