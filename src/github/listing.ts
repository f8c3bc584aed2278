import type { Attempt, Instant } from "../rotation/model";
import { fieldsOf } from "../text/json";
import { malformed } from "./answer";
import type { Answer } from "./answer";

const PAGE_SIZE = 100;
const PAGES_MAX = 100;

/** All members of a list. */
export interface Listing {
  readonly members: readonly Readonly<Record<string, unknown>>[];
  readonly serverTime: Instant | null;
}

/**
 * Reads a paginated list. It is valid only if it has as many distinct members as GitHub's total, because a truncated
 * page, or a member that moved between pages, would otherwise go unnoticed.
 * @param key identifies a member.
 */
export async function listAll(
  ask: (path: string) => Promise<Attempt<Answer>>,
  path: string,
  what: "repositories" | "secrets",
  key: "id" | "name",
): Promise<Attempt<Listing>> {
  const members = new Map<unknown, Readonly<Record<string, unknown>>>();
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const answer = await ask(`${path}?per_page=${PAGE_SIZE}&page=${page}`);
    if (!answer.ok) return answer;
    const { data, serverTime } = answer.value;
    const { total_count: total, [what]: found } = fieldsOf(data);
    if (typeof total !== "number" || !Array.isArray(found)) return malformed(`list of ${what}`);
    for (const member of found.map(fieldsOf)) members.set(member[key], member);
    if (members.size === total) return { ok: true, value: { members: [...members.values()], serverTime } };
    if (found.length === 0 || members.size > total) break;
  }
  return malformed(`list of ${what}, which has other members than it says,`);
}
