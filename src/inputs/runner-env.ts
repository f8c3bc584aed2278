import type { Environment } from "./fields";
import { printable } from "../text/printable";
import { Refusal } from "../rotation/refusal";
import { readEvent } from "./event";

/** Events that only people with write access can cause, and that run a workflow of the repository itself. */
const EVENTS: readonly string[] = [
  "schedule",
  "workflow_dispatch",
  "repository_dispatch",
  "push",
  "release",
  "deployment",
];
/** It is as trustworthy as the event of the run that triggered it. */
const FOLLOWER = "workflow_run";
const CAUSES_OF_FOLLOWER: readonly string[] = ["push", "schedule", "workflow_dispatch"];
/** Only a person may start these. */
const STARTED_BY_PERSON: readonly string[] = ["rescue", "finish"];

/** @throws {Refusal} if this event may not start this mode. `refuseCause` checks what triggered a `workflow_run`. */
export function refuseEvents(env: Environment, mode: string): void {
  const event = env["GITHUB_EVENT_NAME"] ?? "";
  if (event !== FOLLOWER && !EVENTS.includes(event)) {
    throw refusedEvent(
      `${shown(event)}. Strangers may trigger this event, or it runs on their code`,
      `${EVENTS.join(", ")}, or ${FOLLOWER} after a run of this repository`,
    );
  }
  if (STARTED_BY_PERSON.includes(mode) && event !== "workflow_dispatch") {
    const typed = mode === "rescue" ? ", and type confirm-user-id" : "";
    throw refusedEvent(`${shown(event)}. A person must start mode: ${mode}${typed}`, "workflow_dispatch");
  }
}

/**
 * A `workflow_run` may process a stranger's pull request, which only the event file shows. For other events the file is
 * not read.
 * @throws {Refusal} unless the triggering run belongs to this repository, and only people with write access can cause
 * its event.
 */
export async function refuseCause(env: Environment, clock: Parameters<typeof readEvent>[1]): Promise<void> {
  if (env["GITHUB_EVENT_NAME"] !== FOLLOWER) return;
  const event = await readEvent(env, clock);
  if (event === null) {
    throw Refusal.ofSetting(
      "GITHUB_EVENT_PATH",
      `the file does not show which run this ${FOLLOWER} follows`,
      "the value that the runner sets",
    );
  }
  const { repository, headRepository, causedBy } = event;
  if (repository === null || headRepository?.toLowerCase() !== repository.toLowerCase()) {
    throw refusedEvent(
      `${FOLLOWER}. The run that it follows ran on a commit of ${headRepository === null ? "no known repository" : shown(headRepository)}`,
      `a run of this repository's own commits (${shown(repository ?? "")})`,
    );
  }
  if (causedBy === null || !CAUSES_OF_FOLLOWER.includes(causedBy)) {
    throw refusedEvent(
      `${FOLLOWER}. The run that it follows was caused by ${causedBy === null ? "no known event" : shown(causedBy)}`,
      `a run that was caused by ${CAUSES_OF_FOLLOWER.join(", ")}`,
    );
  }
}

function refusedEvent(problem: string, expected: string): Refusal {
  return Refusal.ofSetting("GITHUB_EVENT_NAME", problem, expected);
}

function shown(text: string): string {
  return JSON.stringify(printable(text));
}

/** @throws {Refusal} for settings that make Node print, store or pass on secrets, or trust any server. */
export function refuseSettings(env: Environment): void {
  if (env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0") {
    throw Refusal.ofSetting(
      "NODE_TLS_REJECT_UNAUTHORIZED",
      "must not be 0, because then any server is trusted",
      "no value. For a private CA use NODE_EXTRA_CA_CERTS",
    );
  }
  if (isSet(env, "NODE_DEBUG")) {
    throw Refusal.ofSetting(
      "NODE_DEBUG",
      "must not be set, because Node then prints secrets",
      'no value, or NODE_DEBUG: "" in the env of this step',
    );
  }
  refuseNodeOptions(env["NODE_OPTIONS"] ?? "");
}

function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? "") !== "";
}

/** Any other Node option may print, store or pass on secrets, or load code that does. */
const HARMLESS_OPTIONS: ReadonlySet<string> = new Set([
  "--max-old-space-size",
  "--max-semi-space-size",
  "--no-warnings",
  "--disable-warning",
  "--no-deprecation",
  "--openssl-legacy-provider",
  "--use-system-ca",
  "--use-openssl-ca",
  "--use-bundled-ca",
  "--dns-result-order",
  "--network-family-autoselection",
  "--network-family-autoselection-attempt-timeout",
  "--enable-source-maps",
]);

const WITHOUT_OPTIONS =
  'NODE_OPTIONS: "" in the env of this step, or only options about memory, warnings, certificates and addresses';

function refuseNodeOptions(options: string): void {
  // To Node a quote begins a value with spaces, and a backslash is an escape.
  if (/["'`\\]/.test(options)) {
    throw Refusal.ofSetting("NODE_OPTIONS", "must not contain a quote or a backslash", WITHOUT_OPTIONS);
  }
  const words = options.split(/\s+/).filter((word) => word !== "");
  const refused = words
    .map((word) => word.split("=", 1)[0] ?? "")
    .find((name) => /* guard: allowed options of Node */ !isHarmless(name));
  if (refused === undefined) return;
  // A word that is not an option is the value of one.
  const named = refused.startsWith("-") ? printable(refused) : "a value apart from its option";
  throw Refusal.ofSetting(
    "NODE_OPTIONS",
    `must not contain ${named}, because Node may then print, store or pass on secrets`,
    WITHOUT_OPTIONS,
  );
}

function isHarmless(name: string): boolean {
  return HARMLESS_OPTIONS.has(name.replaceAll("_", "-"));
}
