/** More of a foreign text than this is not worth reading in a log. */
const PRINTABLE_MAX_CHARACTERS = 200;

/**
 * A text that someone else wrote, made fit for one line of a log: no line ends, no control or formatting characters,
 * nothing that a terminal or the runner could take for a command.
 */
export function printable(text: string, maxCharacters = PRINTABLE_MAX_CHARACTERS): string {
  const plain = text
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]+/gu, " ")
    .replaceAll("::", ": :")
    .replaceAll("##[", "# #[")
    .trim();
  return plain.length > maxCharacters ? `${plain.slice(0, maxCharacters)}…` : plain;
}
