import type { Phase, StepRun } from "../sandbox/runner";
import type { Secrets } from "../sandbox/leaks";

/** So many characters in a row of a secret are too many. */
const PIECE_LENGTH = 8;

/** What three bytes make of base64 depends on where they begin, so each of the three ways is looked for. */
function base64Of(piece: string): string[] {
  return [0, 1, 2].map((before) => {
    const whole = Buffer.from("\0".repeat(before) + piece).toString("base64");
    return whole.slice(Math.ceil((before * 8) / 6), Math.floor(((before + piece.length) * 8) / 6));
  });
}

function textsOf({ stdout, stderr, log, annotations, summary, outputs }: Phase): string {
  const printed = stdout.split("\n").filter((line) => !line.startsWith("::add-mask::"));
  const told = annotations.map(({ title, message }) => `${title}\n${message}`);
  return [...printed, stderr, ...log, ...told, summary, ...Object.values(outputs)].join("\n");
}

/** Every piece of a secret that a run printed, in whatever letter case, plain, in hexadecimal or in base64. */
export function piecesPrinted({ main, post }: StepRun, secrets: Secrets): string[] {
  const text = `${textsOf(main)}\n${textsOf(post)}`;
  const lower = text.toLowerCase();
  return Object.entries(secrets).flatMap(([name, whole]) => {
    // The beginning of a token only tells its kind, and advice may name it.
    const secret = whole.replace(/^github_pat_/, "");
    const pieces = Array.from({ length: Math.max(0, secret.length - PIECE_LENGTH + 1) }, (_, start) =>
      secret.slice(start, start + PIECE_LENGTH),
    );
    const isPrinted = pieces.some(
      (piece) =>
        lower.includes(piece.toLowerCase()) ||
        lower.includes(Buffer.from(piece).toString("hex")) ||
        base64Of(piece).some((encoded) => text.includes(encoded)),
    );
    return isPrinted ? [`a piece of the ${name} is printed`] : [];
  });
}
