import { readFile } from "node:fs/promises";
import type { Clock } from "../rotation/ports";
import { poll } from "../rotation/waiting";
import { fieldsOf, isRecord } from "../text/json";
import { EVENT_READ_EVERY_MS, EVENT_READ_FOR_MS } from "../timing";
import type { Environment } from "./fields";

/** What is read of the event that started the run. */
export interface EventFile {
  /** The inputs that a person entered when starting the run, without those that only the workflow file sets. */
  readonly inputs: Readonly<Record<string, string>>;
  /** For `workflow_run`: the repository of the triggering run's commit, as OWNER/REPO. */
  readonly headRepository: string | null;
  /** For `workflow_run`: the event of the triggering run. */
  readonly causedBy: string | null;
  /** OWNER/REPO. */
  readonly repository: string | null;
}

/**
 * Reads the event's file.
 * @returns null if it is missing, or not complete within two seconds.
 */
export async function readEvent(env: Environment, clock: Clock): Promise<EventFile | null> {
  const path = env["GITHUB_EVENT_PATH"] ?? "";
  if (path === "") return null;
  const until = clock.now() + EVENT_READ_FOR_MS;
  return await poll(async () => await readOnce(path), { clock, everyMs: EVENT_READ_EVERY_MS, until });
}

async function readOnce(path: string): Promise<EventFile | null> {
  try {
    const event: unknown = JSON.parse(await readFile(path, "utf8"));
    return isRecord(event) ? eventOf(event) : null;
  } catch {
    return null;
  }
}

function eventOf({ inputs, repository, workflow_run: cause }: Readonly<Record<string, unknown>>): EventFile {
  const { head_repository: head, event: causedBy } = fieldsOf(cause);
  return {
    inputs: Object.fromEntries(
      Object.entries(fieldsOf(inputs)).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
    ),
    headRepository: textOrNull(fieldsOf(head)["full_name"]),
    causedBy: textOrNull(causedBy),
    repository: textOrNull(fieldsOf(repository)["full_name"]),
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
