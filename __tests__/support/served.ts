import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";

const ROOT = join(import.meta.dirname, "../..");

/** Where both fakes are, and what a client needs there: the first line of `--serve --json`. */
export interface Addresses {
  readonly snaptrade: Readonly<Record<"url" | "clientId" | "consumerKey" | "userId" | "userSecret", string>>;
  readonly github: Readonly<Record<"apiUrl" | "token" | "repository" | "environment", string>>;
}

/** What both have in the end: the last line. */
export interface End {
  readonly snaptrade: { readonly userSecret: string };
  readonly github: { readonly secrets: readonly { readonly name: string; readonly value: string }[] };
}

/** `npm start -- --serve ARGS`, without npm, as long as a test needs it. */
export class Served {
  readonly #child: ChildProcess;
  readonly #reader: Interface;
  readonly lines: string[] = [];

  constructor(args: readonly string[]) {
    const script = join(ROOT, "dist", "sandbox", "index.js");
    const env = { PATH: process.env["PATH"] };
    const child = spawn(process.execPath, [script, "--serve", ...args], { env, stdio: ["ignore", "pipe", "inherit"] });
    this.#child = child;
    this.#reader = createInterface({ input: child.stdout });
    this.#reader.on("line", (line) => this.lines.push(line));
  }

  /** The first line that has it, whenever it comes. */
  async line(has: RegExp): Promise<string> {
    for (;;) {
      const found = this.lines.find((line) => has.test(line));
      if (found !== undefined) return found;
      await new Promise((resolve) => this.#reader.once("line", resolve));
    }
  }

  /** Ends it as a person or a program does, and returns the exit code. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    const ended = new Promise<number | null>((resolve) => this.#child.once("close", (code) => resolve(code)));
    this.#child.kill(signal);
    return await ended;
  }
}
