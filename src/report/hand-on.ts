import type { Outcome, Rotation } from "../rotation/outcome";
import type { Delivery } from "./delivery";

/**
 * Exports the new secret to later steps, if they asked for it and it is saved and proven. This happens before any
 * output, so that a step that reads `rotated` finds the secret in the environment.
 * @returns the outcome, which is worse if the export fails: a later step would continue with another value.
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
