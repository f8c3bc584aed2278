import type { Part } from "../rotation/model";
import type { Notice, Remark } from "../rotation/notices";
import type { Operator } from "../rotation/ports";
import { printable } from "../text/printable";
import { Quotations } from "../text/quotation";
import type { Secret } from "../text/secret";
import { faultWords } from "./fault-words";
import { framesOf } from "./frames";
import { recoveryPage } from "./help";
import { failedAgainText, noticeText, REMARK_TITLES } from "./notice-text";

/** One part of the run and how long it took. */
export interface Timing {
  readonly name: string;
  readonly ms: number;
}

const PARTS = {
  prepare: "Check the current secret and every destination",
  reset: "Reset",
  save: "Save",
  prove: "Prove what was saved",
  resolve: "Find out what the reset did",
} as const satisfies Record<Part, string>;

/** Where everything that is printed goes through: nothing leaves it that contains a secret or that the runner could read as a command. */
export class Console implements Operator {
  /** Where people read on. */
  readonly page = recoveryPage(process.env, process.argv[1] ?? "");
  readonly #hidden = new Set<string>();
  readonly #quotations = new Quotations();
  /** The texts, with their titles. */
  readonly #remarks = new Map<string, string>();
  readonly #notes: string[] = [];
  /** Why a destination could not be saved the last time, by its label. */
  readonly #reasons = new Map<string, string>();
  readonly #begun: { part: Part; at: number }[] = [];

  /** GitHub's own mask, before anything else can print; and our own, should that one fail. */
  mask(secret: Secret): void {
    const value = secret.reveal();
    if (value === "" || this.#hidden.has(value)) return;
    this.#quotations.keepOut(secret);
    // Also as it looks where a message quotes it, in which case GitHub's mask would not know it.
    for (const text of [value, printable(value)]) {
      for (const hidden of [text, JSON.stringify(text).slice(1, -1)]) if (hidden !== "") this.#hidden.add(hidden);
    }
    this.#write(`::add-mask::${escapeData(value)}`);
  }

  /** What a service said, if it may be printed; else null. */
  quote(text: string): string | null {
    return this.#quotations.quote(text);
  }

  say(notice: Notice): void {
    const isRepeated = notice.code === "save-failed" && this.#isKnown(notice.label, faultWords(notice.fault));
    this.print(isRepeated ? failedAgainText(notice) : noticeText(notice, this.page));
  }

  remark(remark: Remark): void {
    const text = this.clean(noticeText(remark, this.page));
    if (this.#remarks.has(text)) return;
    this.#remarks.set(text, REMARK_TITLES[remark.code]);
    this.print(text);
  }

  note(notice: Notice): void {
    this.#notes.push(this.clean(noticeText(notice, this.page)));
  }

  /** What does not stop a run, and someone should know of: each text with its title. */
  get remarks(): ReadonlyMap<string, string> {
    return this.#remarks;
  }

  /** What only the summary shows. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  /** An annotation even where `@actions/core`, which makes the others, cannot be loaded. */
  alarm(notice: Notice): void {
    this.#write(`::error title=Cannot run the action::${escapeData(this.clean(noticeText(notice)))}`);
  }

  /** Where an unexpected error came from, for anyone who turns on debug logging. */
  trace(error: unknown): void {
    for (const frame of framesOf(error)) {
      if (this.quote(frame) !== null) this.#write(`::debug::${escapeData(this.clean(frame))}`);
    }
  }

  begin(part: Part): void {
    this.#begun.push({ part, at: performance.now() });
  }

  timings(): readonly Timing[] {
    const now = performance.now();
    return this.#begun.map(({ part, at }, index) => ({
      name: PARTS[part],
      ms: (this.#begun[index + 1]?.at ?? now) - at,
    }));
  }

  print(text: string): void {
    for (const line of this.clean(text).split("\n")) this.#write(line.replace(/^(\s*)(::|##\[)/, "$1 $2"));
  }

  clean(text: string): string {
    let clean = text;
    for (const value of this.#hidden) clean = clean.replaceAll(value, "***");
    return clean;
  }

  /** Whether this was the last reason that was printed for a destination. */
  #isKnown(label: string, reason: string): boolean {
    const isKnown = this.#reasons.get(label) === reason;
    this.#reasons.set(label, reason);
    return isKnown;
  }

  #write(line: string): void {
    process.stdout.write(`${line}\n`);
  }
}

/** As `@actions/core` does it. That package brings an HTTP client, which is not loaded before the first mask is out. */
function escapeData(value: string): string {
  return value.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
