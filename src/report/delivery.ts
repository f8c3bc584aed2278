import { statSync, truncateSync } from "node:fs";
import type { Outcome } from "../rotation/outcome";
import type { Secret } from "../text/secret";

/** What the runner is told through its files and commands, by `@actions/core`. */
export interface Delivery {
  /** @throws if the runner's file cannot be written. */
  setOutputs(outcome: Outcome): void;
  /** All of it or nothing. @throws if the runner's file cannot be written. */
  exportSecret(name: string, secret: Secret): void;
  writeSummary(markdown: string): Promise<void>;
  /** One annotation: GitHub cuts its message at 4,096 characters. */
  annotate(title: string, message: string): void;
  warn(title: string, message: string): void;
}

/** Loaded before the reset, so that nothing has to be read from disk after it. */
export async function loadDelivery(): Promise<Delivery> {
  const core = await import(/* webpackChunkName: "services" */ "@actions/core");
  return {
    setOutputs: ({ result, rotated, rotatedAt, atRiskMs }) => {
      core.setOutput("rotated", rotated);
      core.setOutput("rotated-at", rotatedAt === null ? "" : new Date(rotatedAt).toISOString());
      core.setOutput("at-risk-ms", atRiskMs === null ? "" : String(Math.round(atRiskMs)));
      // Last, so that whoever reads a result finds the others too, wherever the process ended.
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

/** On a full disk half an entry may be left in the file: the runner would choke on it, and it holds a part of the secret. */
export function exportWhole(file: string, append: () => void): void {
  const { size } = statSync(file);
  try {
    append();
  } catch (error) {
    truncateSync(file, size);
    throw error;
  }
}
