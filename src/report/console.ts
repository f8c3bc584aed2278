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

/** Prints everything: no line leaves it that contains a secret, or that the runner could read as a command. */
export class Console implements Operator {
  /** The recovery page. */
  readonly page = recoveryPage(process.env, process.argv[1] ?? "");
  readonly #hidden = new Set<string>();
  readonly #quotations = new Quotations();
  /** The texts, with their titles. */
  readonly #remarks = new Map<string, string>();
  readonly #notes: string[] = [];
  /** The reason last printed for each destination, by label. */
  readonly #reasons = new Map<string, string>();
  readonly #begun: { part: Part; at: number }[] = [];

  /** Sets GitHub's mask before anything else can print, and our own in case that one fails. */
  mask(secret: Secret): void {
    const value = secret.reveal();
    if (value === "" || this.#hidden.has(value)) return;
    this.#quotations.keepOut(secret);
    // Also in its escaped form, which GitHub's mask would not recognize.
    for (const text of [value, printable(value)]) {
      for (const hidden of [text, JSON.stringify(text).slice(1, -1)]) if (hidden !== "") this.#hidden.add(hidden);
    }
    this.#write(`::add-mask::${escapeData(value)}`);
  }

  /** A service's text if it may be printed, else null. */
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

  /** Notices that did not stop the run, but need attention: each text with its title. */
  get remarks(): ReadonlyMap<string, string> {
    return this.#remarks;
  }

  /** Notices for the summary alone. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  /** Prints an annotation even if `@actions/core`, which prints the others, cannot be loaded. */
  alarm(notice: Notice): void {
    this.#write(`::error title=Cannot run the action::${escapeData(this.clean(noticeText(notice)))}`);
  }

  /** Prints where an unexpected error came from, to the debug log. */
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

  /** Whether this was the last reason printed for a destination. */
  #isKnown(label: string, reason: string): boolean {
    const isKnown = this.#reasons.get(label) === reason;
    this.#reasons.set(label, reason);
    return isKnown;
  }

  #write(line: string): void {
    process.stdout.write(`${line}\n`);
  }
}

/** As in `@actions/core`, which brings an HTTP client and so is only loaded after the first mask. */
function escapeData(value: string): string {
  return value.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
