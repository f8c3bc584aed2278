import type { Audience } from "../rotation/model";

/** A note about inputs that a command could not avoid, shown next to that command. */
export function exposureWords(exposed: readonly string[]): string {
  return `If ${exposed.join(" or ")} is kept as a secret, GitHub prints *** instead of it in this command. Write the value back before you run it, and keep it as a variable from now on.`;
}

/** A longer list of IDs helps no one. */
const IDS_MAX = 10;

/** Who may read an organization secret after a command, as a sentence. */
export function readersWords(audience: Audience): string {
  return `The command lets ${readersOf(audience)} read the secret.`;
}

function readersOf({ visibility, selectedRepositoryIds }: Audience): string {
  if (visibility === "all") return "every repository of the organization";
  if (visibility === "private") return "every private and internal repository of the organization";
  const ids = selectedRepositoryIds ?? [];
  if (ids.length === 0) return "no repository";
  const shown = ids.slice(0, IDS_MAX).join(", ");
  const more = ids.length > IDS_MAX ? ", …" : "";
  return ids.length === 1 ? `one repository (ID ${shown})` : `${ids.length} repositories (IDs ${shown}${more})`;
}
