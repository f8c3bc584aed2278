import type { Reason } from "./outcome";

/** An invalid input or setting. It is found before the first request, so nothing has been lost or changed. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly reason: Reason;

  constructor(reason: Extract<Reason, { code: "refused-input" | "refused-setting" }>) {
    super(reason.code);
    this.reason = reason;
  }

  static ofInput(input: string, problem: string, expected: string, line?: number): Refusal {
    return new Refusal({ code: "refused-input", input, problem, expected, ...(line === undefined ? {} : { line }) });
  }

  static ofSetting(setting: string, problem: string, expected: string): Refusal {
    return new Refusal({ code: "refused-setting", setting, problem, expected });
  }
}
