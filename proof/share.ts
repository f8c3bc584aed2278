import type { Row, Share } from "./bundle/row";

/** A quick share unless `PROOF=full` asks for the large one. */
export const SHARE: Share = process.env["PROOF"] === "full" ? "large" : "quick";

/** Another one in each run, unless `PROOF_SEED` repeats a run. */
export const SEED = Number(process.env["PROOF_SEED"] ?? Date.now() % 2 ** 31);

/** Longer than any row takes on a busy machine. */
export const ROW_TIMEOUT_MS = SHARE === "large" ? 1_200_000 : 240_000;

/** What is wrong with the share of a row that this run plays; each line has what is needed to play it again. */
export async function wrongWith(row: Row): Promise<string[]> {
  const { played, violations, refused } = await row.run({ share: SHARE, seed: SEED });
  if (refused !== undefined) return [refused];
  if (played === 0) return ["nothing was played"];
  return violations.map(({ of, says }) => `${of}: ${says} (PROOF_SEED=${SEED})`);
}
