import type { Outcome, Rotation } from "../rotation/outcome";
import type { Delivery } from "./delivery";

/**
 * Gives the new secret to later steps, where they asked for it and it is saved and proven. It comes before any output:
 * whoever reads `rotated` there finds the secret in the environment.
 * @returns what became of the run: without its environment variable a later step would go on with something else.
 */
export function handOn({ outcome, fresh }: Rotation, exportEnv: string | null, delivery: Delivery): Outcome {
  if (fresh === null || exportEnv === null || outcome.result !== "rotated") return outcome;
  try {
    delivery.exportSecret(exportEnv, fresh);
    return outcome;
  } catch {
    return { ...outcome, result: "saved-unverified", reason: { code: "export-failed", name: exportEnv } };
  }
}
