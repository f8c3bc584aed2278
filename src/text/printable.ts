/** Longer text from elsewhere is not worth reading in a log. */
const PRINTABLE_MAX_CHARACTERS = 200;

/**
 * Makes text from elsewhere fit for one line of a log: without line ends, control or formatting characters, or anything
 * that a terminal or the runner could interpret as a command.
 */
export function printable(text: string, maxCharacters = PRINTABLE_MAX_CHARACTERS): string {
  const plain = text
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]+/gu, " ")
    .replaceAll("::", ": :")
    .replaceAll("##[", "# #[")
    .trim();
  return plain.length > maxCharacters ? `${plain.slice(0, maxCharacters)}…` : plain;
}
