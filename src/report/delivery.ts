import { statSync, truncateSync } from "node:fs";
import type { Outcome } from "../rotation/outcome";
import type { Secret } from "../text/secret";

/** Writes to the runner's files and commands, with `@actions/core`. */
export interface Delivery {
  /** @throws if the runner's file cannot be written. */
  setOutputs(outcome: Outcome): void;
  /** Exports all of it or nothing. @throws if the runner's file cannot be written. */
  exportSecret(name: string, secret: Secret): void;
  writeSummary(markdown: string): Promise<void>;
  /** Prints one annotation, whose message GitHub truncates at 4,096 characters. */
  annotate(title: string, message: string): void;
  warn(title: string, message: string): void;
}

/** Called before the reset, so that nothing needs to be loaded from disk after it. */
export async function loadDelivery(): Promise<Delivery> {
  const core = await import(/* webpackChunkName: "services" */ "@actions/core");
  return {
    setOutputs: ({ result, rotated, rotatedAt, atRiskMs }) => {
      core.setOutput("rotated", rotated);
      core.setOutput("rotated-at", rotatedAt === null ? "" : new Date(rotatedAt).toISOString());
      core.setOutput("at-risk-ms", atRiskMs === null ? "" : String(Math.round(atRiskMs)));
      // Last, so that a written result implies the other outputs, wherever the process ends.
      core.setOutput("result", result);
    },
    exportSecret: (name, secret) =>
      exportWhole(process.env["GITHUB_ENV"] ?? "", () => core.exportVariable(name, secret.reveal())),
    writeSummary: async (markdown) => {
      await core.summary.addRaw(markdown).write();
    },
    annotate: (title, message) => core.error(message, { title }),
    warn: (title, message) => core.warning(message, { title }),
  };
}

/** A full disk may leave half an entry, on which the runner would fail, and which contains a part of the secret. */
export function exportWhole(file: string, append: () => void): void {
  const { size } = statSync(file);
  try {
    append();
  } catch (error) {
    truncateSync(file, size);
    throw error;
  }
}
