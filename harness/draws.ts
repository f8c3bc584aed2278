import fc from "fast-check";
import { SEED } from "./share";

// With every change the same is drawn; a large share draws anew, and a failure prints what repeats it.
fc.configureGlobal({ seed: SEED });

const inRange = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });

/** Every character that Unicode has a number for, those of ASCII and of daily life as often as all others together. */
const character = fc
  .oneof(inRange(0, 0x7f), inRange(0, 0xd7ff), inRange(0xe000, 0xffff), inRange(0x1_0000, 0x10_ffff))
  .map((codePoint) => String.fromCodePoint(codePoint));

/** Any text at all. fast-check's own unit for this, "binary", takes a second of each file that uses it to get ready. */
export function anyText(length: fc.StringConstraints = {}): fc.Arbitrary<string> {
  return fc.string({ ...length, unit: character });
}

export { fc };
