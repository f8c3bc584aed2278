import { SEED, SHARE } from "../harness/share";
import type { Row } from "./bundle/row";

/** Longer than any row takes on a busy machine. */
export const ROW_TIMEOUT_MS = SHARE === "quick" ? 240_000 : 3_600_000;

/** What is wrong with the share of a row that this run plays; each line has what is needed to play it again. */
export async function wrongWith(row: Row): Promise<string[]> {
  const { played, violations, refused } = await row.run({ share: SHARE, seed: SEED });
  if (refused !== undefined) return [refused];
  if (played === 0) return ["nothing was played"];
  return violations.map(({ of, says }) => `${of}: ${says} (PROOF_SEED=${SEED})`);
}
