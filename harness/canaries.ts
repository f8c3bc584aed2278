import { isCanaryOf } from "../sandbox/github";
import type { Stage } from "../sandbox/stage";

type Where = Stage["destinations"][number]["where"];

/** The canaries that stand beside the destinations, each in words. */
export function canariesIn(stage: Stage): string[] {
  return stage.destinations.flatMap(({ where, name }) => canariesOf(stage, where, name));
}

/**
 * What a write check has left. Sixteen hex digits behind the name are nobody's own; without them somebody may have had a
 * secret of that name, so that it counts only where a client has written it.
 */
function canariesOf({ github }: Stage, where: Where, name: string): string[] {
  const ofClients = github.writes.filter(({ by, scope }) => by === "client" && scope === where);
  const written = new Set(ofClients.map((write) => write.name));
  return namesIn(github, where)
    .filter((one) => isCanaryOf(name, one) && (!one.endsWith("_CANARY") || written.has(one)))
    .map((one) => `${one} of ${where}`);
}

/** A place that has vanished holds nothing. */
function namesIn(github: Stage["github"], where: Where): readonly string[] {
  try {
    return github.names(where);
  } catch {
    return [];
  }
}

/** What was there before and is no destination is somebody's own: nothing may write or delete it. Nor is a destination ever deleted. */
export function strangersTouched({ github, destinations }: Stage): string[] {
  const key = (where: string, name: string): string => `${name.toUpperCase()} of ${where}`;
  const wanted = new Set(destinations.map(({ where, name }) => key(where, name)));
  const seeded = new Set(github.seeds.map(({ scope, name }) => key(scope, name)));
  return github.requests.flatMap(({ method, scope = "", name, status }) => {
    if (name === undefined || method === "GET" || (status !== 201 && status !== 204)) return [];
    const what = key(scope, name);
    if (wanted.has(what)) return method === "DELETE" ? [`${what} was deleted`] : [];
    return seeded.has(what) ? [`${what}, which is somebody's own, was touched by a ${method}`] : [];
  });
}
