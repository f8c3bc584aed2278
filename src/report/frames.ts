/** What the engine writes of one frame: a place in a file, and perhaps the function. Nothing else of a stack is a frame. */
const FRAME = /^ +at (?:(?:async |new )*[\w$.#<> [\]]+ \()?(?:file:|node:|\/|[A-Za-z]:\\)[^()]*:\d+:\d+\)?$/;

/**
 * The frames of an error's stack, innermost first, as `at FUNCTION (FILE:LINE:COLUMN)`. Its message is left out: it may
 * quote what a service said, in as many lines as that has.
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
