import { type Answer, json, type Schemas } from "./answers";
import type { Call } from "./calls";
import { page } from "./pages";
import type { Repository } from "./world";

/** One environment of a repository. */
export function environmentAnswer({ fullName, environments }: Repository, name: string, { root }: Call): Answer {
  const number = [...environments.keys()].indexOf(name.toLowerCase()) + 1;
  return json(200, described(name, number, `${root}/repos/${fullName}/environments`));
}

/** The environments of a repository, page by page. */
export function environmentList({ fullName, environments }: Repository, { query, root }: Call): Answer {
  const url = `${root}/repos/${fullName}/environments`;
  const all = [...environments.values()];
  const { items, headers } = page(all, query, url);
  const body: { total_count: number; environments: Schemas["environment"][] } = {
    total_count: all.length,
    environments: items.map((name) => described(name, all.indexOf(name) + 1, url)),
  };
  return json(200, body, headers);
}

function described(name: string, id: number, url: string): Schemas["environment"] {
  const began = "2026-01-01T00:00:00Z";
  return {
    id,
    node_id: `EN_${id}`,
    name,
    url: `${url}/${encodeURIComponent(name)}`,
    html_url: `https://github.com/settings/environments/${id}`,
    created_at: began,
    updated_at: began,
  };
}
