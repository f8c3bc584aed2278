import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, readlinkSync, realpathSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { performance } from "node:perf_hooks";

/** How long the runner waits for streams that a process which is gone has left open. */
const STREAMS_AFTER_EXIT_MS = 5_000;

const SIGINT_PATIENCE_MS = 7_500;
const SIGTERM_PATIENCE_MS = 2_500;

/** A cancelled job: SIGINT, a pause, SIGTERM, a pause, SIGKILL. */
export interface Cancel {
  /** Milliseconds after the start of the process, or a promise for the instant. */
  readonly when: number | Promise<unknown>;
  /** From SIGINT to SIGTERM; the runner's own 7,500 unless scaled down. */
  readonly sigintMs?: number;
  /** From SIGTERM to SIGKILL; the runner's own 2,500 unless scaled down. */
  readonly sigtermMs?: number;
}

export interface ProcessOptions {
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

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly cancelled: boolean;
  readonly ms: number;
}

/** Splits a stream as the runner's `ReadLine` does: at LF, CRLF and a lone CR. */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  readonly #onLine: (line: string) => void;
  #rest = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    this.#rest += this.#decoder.write(chunk);
    // A CR at the very end may be the first half of a CRLF, so it waits for what follows.
    const complete = /^[\s\S]*(?:\n|\r(?!$))/.exec(this.#rest)?.[0] ?? "";
    this.#rest = this.#rest.slice(complete.length);
    const lines = complete.split(/\r\n|\n|\r/);
    lines.pop();
    lines.forEach(this.#onLine);
  }

  end(): void {
    this.#rest += this.#decoder.end();
    const lines = this.#rest.split(/\r\n|\n|\r/);
    if (lines.at(-1) === "") lines.pop();
    lines.forEach(this.#onLine);
    this.#rest = "";
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function runs(pid: number, program: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`) === program;
  } catch {
    return false;
  }
}

/** The process that signals are meant for: node itself, not what is wrapped around it. */
function nodePid(child: ChildProcess, node: string, isWrapped: boolean): number | undefined {
  if (!isWrapped || child.pid === undefined) return child.pid;
  const program = realpathSync(node);
  const queue = [child.pid];
  for (let pid = queue.shift(); pid !== undefined; pid = queue.shift()) {
    if (runs(pid, program)) return pid;
    queue.push(...childrenOf(pid));
  }
  return undefined;
}

function pause(ms: number, ended: AbortSignal): Promise<void> {
  if (ended.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    ended.addEventListener("abort", done, { once: true });
    function done(): void {
      clearTimeout(timer);
      ended.removeEventListener("abort", done);
      resolve();
    }
  });
}

/** Runs node on a script and passes on each line of either stream in the order in which they arrive. */
export async function runNode(options: ProcessOptions): Promise<Ended> {
  const [program, ...args] = [...options.wrap, options.node, ...options.nodeArgs, options.script];
  const start = performance.now();
  const child = spawn(program, args, { cwd: options.cwd, env: options.env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new AbortController();
  const gone = new Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (exitCode, signal) => {
      ended.abort();
      resolve({ exitCode, signal });
    });
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  // Once it has ended there is nobody to signal, and its id may be another's.
  const signalNode = (signal: NodeJS.Signals): void => {
    const pid = ended.signal.aborted ? undefined : nodePid(child, options.node, options.wrap.length > 0);
    if (pid === undefined) return;
    try {
      process.kill(pid, signal);
    } catch {
      // It ended by itself between the look and the signal, which is as good.
    }
  };
  const streams = { stdout: gather(child.stdout, options.onLine), stderr: gather(child.stderr, options.onLine) };
  const ladder = cancelLadder(options.cancel, signalNode, ended.signal);
  void options.kill?.then(() => signalNode("SIGKILL"));
  void options.breakStdout?.then(() => child.stdout.destroy());

  const { exitCode, signal } = await gone;
  const ms = performance.now() - start;
  const giveUp = setTimeout(() => {
    child.stdout.destroy();
    child.stderr.destroy();
  }, STREAMS_AFTER_EXIT_MS);
  await closed;
  clearTimeout(giveUp);
  const cancelled = await ladder;
  return { exitCode, signal, stdout: streams.stdout(), stderr: streams.stderr(), cancelled, ms };
}

/** Collects a stream; the function returned ends its last line and gives the whole text. */
function gather(stream: NodeJS.ReadableStream, onLine: (line: string) => void): () => string {
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

/** @returns whether the process was cancelled while it ran */
async function cancelLadder(
  cancel: Cancel | undefined,
  signalNode: (signal: NodeJS.Signals) => void,
  ended: AbortSignal,
): Promise<boolean> {
  if (cancel === undefined) return false;
  const instant = typeof cancel.when === "number" ? pause(cancel.when, ended) : cancel.when;
  await Promise.race([instant, pause(2 ** 31 - 1, ended)]);
  if (ended.aborted) return false;
  signalNode("SIGINT");
  await pause(cancel.sigintMs ?? SIGINT_PATIENCE_MS, ended);
  signalNode("SIGTERM");
  await pause(cancel.sigtermMs ?? SIGTERM_PATIENCE_MS, ended);
  signalNode("SIGKILL");
  return true;
}
