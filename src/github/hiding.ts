import type { Hiding } from "../rotation/model";
import { fewAtATime } from "../rotation/persist";
import { fieldsOf } from "../text/json";
import { HIDING_MAX_MS } from "../timing";
import type { Answer } from "./answer";
import { areaOf, pathOf } from "./areas";
import type { Scope } from "./areas";
import type { GitHub } from "./client";
import { isSamePlace, placeAt } from "./places";
import type { Place } from "./places";

/** Where the secrets are saved, and the repository whose workflows read them. */
export interface Whereabouts {
  readonly places: readonly Place[];
  readonly repository: { readonly owner: string; readonly repo: string };
}

export interface Asking {
  readonly github: GitHub;
  /** Makes a server's text safe to print; null if it may contain a part of a secret. */
  readonly quote: (text: string) => string | null;
  /** No further request is made once this is false. */
  readonly isWanted: () => boolean;
}

const ENVIRONMENTS_MAX = 10;
const AT_A_TIME = 3;
/** The last requests of a token's allowance are reserved for the save. */
const REQUESTS_TO_SPARE = 100;

/**
 * Finds secrets of the same name in a nearer scope, which workflows of this repository read instead of a destination: a
 * repository secret hides an organization's, an environment secret hides both. Scopes that the token cannot read are
 * skipped.
 */
export async function findHiding(whereabouts: Whereabouts, asking: Asking): Promise<readonly Hiding[]> {
  const ask = askerOf(asking);
  const [ofOrganizations, ofRepository] = [placesOf("organization", whereabouts), ownPlaces(whereabouts)];
  const hidable = [...ofRepository, ...ofOrganizations];
  const nearerThanOrganizations = ofOrganizations.flatMap((place) =>
    unsaved({ kind: "repository", ...whereabouts.repository }, place, whereabouts),
  );
  const look = async (pairs: readonly Pair[]): Promise<readonly Hiding[]> => {
    const found = await fewAtATime(pairs, AT_A_TIME, async ({ place, nearer }) => {
      const answer = await ask(`${pathOf(nearer.area, nearer.scope)}/${nearer.name}`);
      return answer === null ? [] : [{ label: place.label, by: nearer.label }];
    });
    return found.flat();
  };
  const looking = look(nearerThanOrganizations);
  const names = hidable.length === 0 ? [] : await environmentNames(whereabouts, asking, ask);
  const inEnvironments = hidable.flatMap((place) =>
    names.flatMap((environment) =>
      unsaved({ kind: "environment", ...whereabouts.repository, environment }, place, whereabouts),
    ),
  );
  return [...(await looking), ...(await look(inEnvironments))];
}

/** A destination, and the secret that hides it if it exists. */
interface Pair {
  readonly place: Place;
  readonly nearer: Place;
}

function placesOf(kind: Scope["kind"], { places }: Whereabouts): readonly Place[] {
  return places.filter(({ area, scope }) => area.app === "actions" && scope.kind === kind);
}

/** The destinations in the workflow's own repository. */
function ownPlaces(whereabouts: Whereabouts): readonly Place[] {
  const { owner, repo } = whereabouts.repository;
  const own = `${owner}/${repo}`.toLowerCase();
  return placesOf("repository", whereabouts).filter(
    ({ scope }) => scope.kind === "repository" && `${scope.owner}/${scope.repo}`.toLowerCase() === own,
  );
}

/** The secret of the same name in a nearer scope, unless that is a destination as well. */
function unsaved(scope: Scope, place: Place, { places }: Whereabouts): readonly Pair[] {
  const area = areaOf("actions", scope.kind);
  if (area === undefined) return [];
  const nearer = placeAt(area, scope, place.name);
  return places.some((other) => isSamePlace(other, nearer)) ? [] : [{ place, nearer }];
}

type Ask = (path: string) => Promise<Answer | null>;

function askerOf({ github, isWanted }: Asking): Ask {
  const deadline = performance.now() + HIDING_MAX_MS;
  return async (path) => {
    const timeoutMs = deadline - performance.now();
    if (!isWanted() || timeoutMs <= 0) return null;
    const answer = await github.call("GET", path, undefined, { timeoutMs });
    return answer.ok ? answer.value : null;
  };
}

async function environmentNames(
  { repository: { owner, repo } }: Whereabouts,
  { quote }: Asking,
  ask: Ask,
): Promise<readonly string[]> {
  const answer = await ask(`/repos/${owner}/${repo}/environments?per_page=${ENVIRONMENTS_MAX}`);
  if (answer === null) return [];
  if (answer.allowance !== null && answer.allowance.remaining < REQUESTS_TO_SPARE) return [];
  const { environments } = fieldsOf(answer.data);
  if (!Array.isArray(environments)) return [];
  return environments
    .slice(0, ENVIRONMENTS_MAX)
    .map((one) => fieldsOf(one)["name"])
    .filter((name): name is string => typeof name === "string" && quote(name) !== null);
}
