import { type ChildProcessByStdio, spawn } from "node:child_process";
import { performance } from "node:perf_hooks";
import type { Readable } from "node:stream";
import { type Cancel, climb, type StepKind } from "./cancel";
import { LineSplitter } from "./lines";
import { descendantThatRuns, type Ending, endingOfChild } from "./proc";

/** How long the runner waits for streams that a process which is gone has left open. */
const STREAMS_AFTER_EXIT_MS = 5_000;
const ZOMBIE_LOOK_MS = 5;

/** Starts node and becomes a program that never asks how its child has ended. Other shells drop `INPUT_USER-ID` and its like. */
const REAPS_NOBODY = ["bash", "-c", '"$@" & exec sleep 3600 >/dev/null 2>&1', "bash"];

export interface ProcessOptions {
  readonly kind: StepKind;
  readonly node: string;
  /** Node's own, in front of the script. */
  readonly nodeArgs: readonly string[];
  readonly script: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly wrap: readonly string[];
  readonly cancel: Cancel | undefined;
  readonly kill: Promise<unknown> | undefined;
  readonly breakStdout: Promise<unknown> | undefined;
  readonly onLine: (line: string) => void;
}

export interface Ended extends Ending {
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** A process of the action, and what the runner makes of it. */
export interface Running {
  /** Node's own process number, as long as it lives. */
  readonly pid: () => number | undefined;
  readonly isCancelled: () => boolean;
  readonly hasEnded: () => boolean;
  /** When the runner goes on: at the end of the process, or earlier if it leaves it behind. */
  readonly over: Promise<void>;
  /** When the process and its streams are at their end. */
  readonly ended: Promise<Ended>;
  /** The end of the job, which no process outlives. */
  readonly close: () => Promise<void>;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** Runs node on a script and passes on each line of either stream in the order in which they arrive. */
export function startNode(options: ProcessOptions): Running {
  const wrap = [...(options.kind === "unreaped" ? REAPS_NOBODY : []), ...options.wrap];
  const [program, ...args] = [...wrap, options.node, ...options.nodeArgs, options.script];
  const start = performance.now();
  const child = spawn(program, args, { cwd: options.cwd, env: options.env, stdio: ["ignore", "pipe", "pipe"] });
  const end = new AbortController();
  const [cancelled, over] = [new AbortController(), new AbortController()];
  const pid = (): number | undefined => {
    if (end.signal.aborted || child.pid === undefined) return undefined;
    return wrap.length === 0 ? child.pid : descendantThatRuns(child.pid, options.node);
  };
  // Once it has ended there is nobody to signal, and its id may be another's.
  const signal = (name: NodeJS.Signals): void => {
    const target = pid();
    // Of a child that it has killed itself Node tells the signal on Windows as well.
    if (target === child.pid) child.kill(name);
    else if (target !== undefined) attemptTo(() => process.kill(target, name));
  };
  const ended = endOf(child, options, start, () => end.abort());
  if (options.cancel !== undefined) {
    const [onCancel, onGoOn] = [() => cancelled.abort(), () => over.abort()];
    void climb(options.cancel, options.kind, { signal, ended: end.signal, onCancel, onGoOn });
  }
  void options.kill?.then(() => signal("SIGKILL"));
  void options.breakStdout?.then(() => child.stdout.destroy());
  return {
    pid,
    isCancelled: () => cancelled.signal.aborted,
    hasEnded: () => end.signal.aborted,
    over: Promise.race([aborted(over.signal), ended.then(() => undefined)]),
    ended,
    close: async () => {
      signal("SIGKILL");
      await ended;
      child.kill("SIGKILL");
    },
  };
}

async function endOf(child: Child, options: ProcessOptions, start: number, onExit: () => void): Promise<Ended> {
  const streams = { stdout: gather(child.stdout, options.onLine), stderr: gather(child.stderr, options.onLine) };
  const closed = Promise.all([child.stdout, child.stderr].map((stream) => whenClosed(stream)));
  const exited = new Promise<Ending>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
  });
  const ending = await (options.kind === "unreaped" ? Promise.race([exited, becomesZombie(child)]) : exited);
  onExit();
  const ms = performance.now() - start;
  const giveUp = setTimeout(() => {
    child.stdout.destroy();
    child.stderr.destroy();
  }, STREAMS_AFTER_EXIT_MS);
  await closed;
  clearTimeout(giveUp);
  return { ...ending, stdout: streams.stdout(), stderr: streams.stderr(), ms };
}

/** When the process has ended and its parent has not looked; never if there was no process. */
async function becomesZombie({ pid }: Child): Promise<Ending> {
  return await new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      try {
        const ending = pid === undefined ? undefined : endingOfChild(pid);
        if (ending === undefined) return;
        clearInterval(timer);
        resolve(ending);
      } catch (error) {
        clearInterval(timer);
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    }, ZOMBIE_LOOK_MS);
    timer.unref();
  });
}

function whenClosed(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    stream.once("close", resolve);
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Collects a stream; the function returned ends its last line and gives the whole text. */
function gather(stream: Readable, onLine: (line: string) => void): () => string {
  const chunks: Buffer[] = [];
  const splitter = new LineSplitter(onLine);
  stream.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    splitter.push(chunk);
  });
  return () => {
    splitter.end();
    return Buffer.concat(chunks).toString("utf8");
  };
}

/** It may have ended by itself between the look and the signal, which is as good. */
function attemptTo(act: () => unknown): void {
  try {
    act();
  } catch {
    return;
  }
}
