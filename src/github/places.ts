import { printable } from "../text/printable";
import { pathOf } from "./areas";
import type { Area, Scope } from "./areas";

/** One destination as named in the inputs. */
export interface Place {
  readonly area: Area;
  readonly scope: Scope;
  readonly name: string;
  readonly label: string;
}

export function placeAt(area: Area, scope: Scope, name: string): Place {
  return { area, scope, name, label: labelOf(area, scope, name) };
}

/** New names begin and end with a letter or digit; some old ones do not. */
export const OWNER = /^[A-Za-z0-9_-]{1,100}$/;

/** Splits OWNER/REPO; null if it is not one. */
export function parseRepository(text: string): { owner: string; repo: string } | null {
  const [owner = "", repo = "", ...more] = text.split("/");
  const fits =
    more.length === 0 && OWNER.test(owner) && /^[A-Za-z0-9._-]{1,100}$/.test(repo) && !/^\.{1,2}$/.test(repo);
  return fits ? { owner, repo } : null;
}

function labelOf({ app }: Area, scope: Scope, name: string): string {
  const kind = app === "actions" ? "" : `${app} `;
  switch (scope.kind) {
    case "repository":
      return `${name} (${kind}secret of ${scope.owner}/${scope.repo})`;
    case "environment":
      return `${name} (${kind}secret of environment ${printable(scope.environment)} in ${scope.owner}/${scope.repo})`;
    case "organization":
      return `${name} (${kind}secret of organization ${scope.organization})`;
  }
}

/** Compares as GitHub does: case is ignored, defaults are filled in. */
export function isSamePlace(one: Place, other: Place): boolean {
  return pathInLowerCase(one) === pathInLowerCase(other);
}

function pathInLowerCase({ area, scope, name }: Place): string {
  return `${pathOf(area, scope)}/${name}`.toLowerCase();
}
