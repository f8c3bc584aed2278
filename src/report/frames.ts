/** A stack frame as V8 prints it: a position in a file, and perhaps the function. No other line of a stack matches. */
const FRAME = /^ +at (?:(?:async |new )*[\w$.#<> [\]]+ \()?(?:file:|node:|\/|[A-Za-z]:\\)[^()]*:\d+:\d+\)?$/;

/**
 * The frames of an error's stack, innermost first, as `at FUNCTION (FILE:LINE:COLUMN)`. The message is left out,
 * because it may quote a service over several lines.
 */
export function framesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error) || typeof error.stack !== "string") return [];
  const { stack, message } = error;
  const end = stack.indexOf(message);
  const below = end === -1 ? stack : stack.slice(end + message.length);
  return below
    .split("\n")
    .filter((line) => FRAME.test(line))
    .map((line) => line.trim());
}
