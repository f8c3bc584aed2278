import type { Phase, StepRun } from "../sandbox/runner";
import { parsePairs } from "../sandbox/runner/files";
import type { Allowances } from "./contract";

/** What main and post may write, and when post has to keep quiet. */
export function streams(run: StepRun, { unheard, unfinished }: Allowances): string[] {
  const { main, post, cancelled, leftBehind } = run;
  const found: string[] = [];
  for (const [name, phase] of [["main", main] as const, ["post", post] as const]) {
    if (phase.stderr !== "") found.push(`${name} wrote to stderr: ${phase.stderr.slice(0, 300)}`);
  }
  const results = parsePairs(main.files.output).pairs.filter(([key]) => key === "result");
  if (results.length > 1) found.push(`main set its result ${results.length} times`);
  // What a main says that was left behind need not be heard, and post has begun without it.
  if (leftBehind) return found;
  if (unheard !== true && results.length === 0 && main.signal !== "SIGKILL") found.push("main set no result");
  const reached = main.signal === null && results.length === 1 && unfinished !== true;
  if (!reached || !post.ran) return found;
  return [...found, ...(cancelled && main.exitCode !== 0 ? oneLine(post) : silence(post))];
}

function silence(post: Phase): string[] {
  const isSilent = post.stdout === "" && post.summary === "" && Object.keys(post.outputs).length === 0;
  return [
    ...(isSilent ? [] : ["post was not silent although main had reached a result"]),
    ...(post.exitCode === 0 ? [] : [`post ended with ${String(post.exitCode)}`]),
  ];
}

/** A runner throws the exit code of a cancelled step away, so that post keeps the job red, and says so. */
function oneLine({ log, summary, outputs: said, exitCode }: Phase): string[] {
  const isOneLine = log.length === 1 && summary === "" && Object.keys(said).length === 0;
  return [
    ...(isOneLine ? [] : ["post did not say in one line that main was cancelled and is not green"]),
    ...(exitCode === 1 ? [] : [`post ended with ${String(exitCode)} after a main that was cancelled and is not green`]),
  ];
}
