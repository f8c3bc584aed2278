import type { Row, Share } from "./bundle/row";

const { PROOF, PROOF_SEED } = process.env;

/** A quick share unless `PROOF=full` asks for the large one, or `PROOF=whole` for what takes longer still. */
export const SHARE: Share = PROOF === "whole" ? "whole" : PROOF === "full" ? "large" : "quick";

/** What is quick is always the same; for the rest it is another one in each run, unless `PROOF_SEED` repeats one. */
export const SEED = Number(PROOF_SEED ?? (SHARE === "quick" ? 1 : Date.now() % 2 ** 31));

/** Longer than any row takes on a busy machine. */
export const ROW_TIMEOUT_MS = SHARE === "quick" ? 240_000 : 3_600_000;

/** What is wrong with the share of a row that this run plays; each line has what is needed to play it again. */
export async function wrongWith(row: Row): Promise<string[]> {
  const { played, violations, refused } = await row.run({ share: SHARE, seed: SEED });
  if (refused !== undefined) return [refused];
  if (played === 0) return ["nothing was played"];
  return violations.map(({ of, says }) => `${of}: ${says} (PROOF_SEED=${SEED})`);
}
