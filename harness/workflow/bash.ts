import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openCommandFiles } from "../../sandbox/runner/files";
import { StepLog, type Told } from "../../sandbox/runner/log";
import type { Masker } from "../../sandbox/runner/masker";
import { LineSplitter } from "../../sandbox/runner/lines";

export interface BashStep {
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  readonly workspace: string;
  /** For the script itself and the runner's files. */
  readonly temp: string;
  readonly masker: Masker;
}

/** Runs a `run:` step as the runner does where no shell is named: a file, and `bash -e`. */
export async function runBash(step: BashStep): Promise<{ readonly exitCode: number | null; readonly told: Told }> {
  const files = await openCommandFiles(step.temp);
  const file = join(step.temp, "step.sh");
  await writeFile(file, step.script);
  const log = new StepLog({ masker: step.masker, debug: false });
  const child = spawn("bash", ["-e", file], {
    cwd: step.workspace,
    env: { ...step.env, ...files.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const splitters = [child.stdout, child.stderr].map((stream) => {
    const splitter = new LineSplitter((line) => {
      log.line(line);
    });
    stream.on("data", (chunk: Buffer) => {
      splitter.push(chunk);
    });
    return splitter;
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code));
  });
  for (const splitter of splitters) splitter.end();
  log.files(await files.collect());
  return { exitCode, told: log.told };
}
