const PER_PAGE_DEFAULT = 30;
const PER_PAGE_MAX = 100;

/** The part of a list that the query asks for, with the links that lead on. */
export function page<Item>(
  all: readonly Item[],
  query: URLSearchParams,
  url: string,
): { readonly items: Item[]; readonly headers: Record<string, string> } {
  const perPage = Math.min(Number(query.get("per_page") ?? PER_PAGE_DEFAULT) || PER_PAGE_DEFAULT, PER_PAGE_MAX);
  const number = Math.max(1, Number(query.get("page") ?? 1) || 1);
  const items = all.slice((number - 1) * perPage, number * perPage);
  if (number * perPage >= all.length) return { items, headers: {} };
  const link = (to: number): string => `<${url}?per_page=${perPage}&page=${to}>`;
  const last = Math.ceil(all.length / perPage);
  return { items, headers: { link: `${link(number + 1)}; rel="next", ${link(last)}; rel="last"` } };
}
