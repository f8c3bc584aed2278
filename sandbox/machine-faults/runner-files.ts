import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeArgsForDisk } from "../disk";
import type { StepChange, WorldFault } from "../named-fault";
import type { Stage } from "../stage";

type Catalogue = Readonly<Record<string, WorldFault>>;

const always = (says: string, change: StepChange, stage?: WorldFault["stage"]): WorldFault => ({
  says,
  ...(stage && { stage }),
  apply: () => change,
});

const EXPORTING = { inputs: { "export-env": "NEW_SECRET" } } as const;

const files = new WeakMap<Stage, string>();

/** Whether somebody's file that a stray `STATE_` variable names is still there. */
export function strayFileStands(stage: Stage): boolean {
  return existsSync(files.get(stage) ?? "");
}

/** A file of somebody's that looks like a journal by its name. */
function strayFile(stage: Stage): string {
  const folder = mkdtempSync(join(tmpdir(), "somebodys-"));
  stage.later(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "rotate-snaptrade-user-secret-0123456789abcdef.journal");
  writeFileSync(file, "somebody's");
  files.set(stage, file);
  return file;
}

function stateVariables(says: string, variables: (file: string) => Readonly<Record<string, string>>): WorldFault {
  return { says, apply: (stage) => ({ env: variables(strayFile(stage)) }) };
}

/** The files and variables through which a step and the runner speak to each other. */
export const runnerFiles: Catalogue = {
  "state-variables-of-others": stateVariables(
    "The job's environment has STATE_journal and STATE_concluded in it.",
    (file) => ({ STATE_journal: file, STATE_concluded: "rotated" }),
  ),
  "state-journal-of-others": stateVariables("The job's environment has STATE_journal in it.", (file) => ({
    STATE_journal: file,
  })),
  "state-announced-by-others": stateVariables(
    "The job's environment has state variables of every name in it that an action might use.",
    () => ({ STATE_announced: "true", STATE_sending: "true", STATE_isPost: "true", STATE_result: "rotated" }),
  ),
  "output-is-a-folder": always("GITHUB_OUTPUT names a folder.", { fileFlaws: { output: "folder" } }),
  "state-is-a-folder": always("GITHUB_STATE names a folder.", { fileFlaws: { state: "folder" } }),
  "env-is-a-folder": always("GITHUB_ENV names a folder.", { fileFlaws: { env: "folder" } }, EXPORTING),
  "env-is-a-folder-for-nobody": always("GITHUB_ENV names a folder, and nothing is exported.", {
    fileFlaws: { env: "folder" },
  }),
  "env-full-at-the-end": {
    says: "GITHUB_ENV can be written at first, and when the new secret is saved its disk is full.",
    stage: EXPORTING,
    apply: ({ github }) => ({ fileFlaws: { env: { fullFrom: github.waitFor("put-applied") } } }),
  },
  "output-full-at-the-end": {
    says: "GITHUB_OUTPUT can be written at first, and when the new secret is saved its disk is full.",
    apply: ({ github }) => ({ fileFlaws: { output: { fullFrom: github.waitFor("put-applied") } } }),
  },
  "state-not-writable": always("The step's user may not write GITHUB_STATE.", {
    nodeArgs: nodeArgsForDisk({ readOnly: "GITHUB_STATE" }),
  }),
  "event-file-empty": always("The event's file is empty.", { eventFile: "empty" }),
  "event-file-torn": always("The event's file is torn.", { eventFile: "torn" }),
  "event-file-missing": always("The event's file is not there.", { eventFile: "missing" }),
  "fsync-einval": always("fsync answers EINVAL.", { nodeArgs: nodeArgsForDisk({ fsync: "EINVAL" }) }),
  "fsync-enotsup": always("fsync answers ENOTSUP.", { nodeArgs: nodeArgsForDisk({ fsync: "ENOTSUP" }) }),
};
