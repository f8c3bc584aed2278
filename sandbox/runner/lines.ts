import { StringDecoder } from "node:string_decoder";

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
