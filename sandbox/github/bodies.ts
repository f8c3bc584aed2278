/** The members of a request's body, if it is a JSON object. */
export function membersIn(body: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return new Map<string, unknown>(Object.entries(value));
  } catch {
    return undefined;
  }
}

/** The texts of a body that has exactly these members, each of them a text. */
export function textsIn(body: string, names: readonly string[]): Readonly<Record<string, string>> | undefined {
  const members = membersIn(body);
  if (members === undefined) return undefined;
  const texts = textsOf(members);
  const isComplete = texts.length === members.size && names.every((name) => members.has(name));
  return isComplete && members.size === names.length ? Object.fromEntries(texts) : undefined;
}

function textsOf(members: ReadonlyMap<string, unknown>): [string, string][] {
  return [...members].flatMap(([name, value]): [string, string][] =>
    typeof value === "string" ? [[name, value]] : [],
  );
}
