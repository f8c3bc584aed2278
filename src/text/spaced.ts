const INVISIBLE: readonly (readonly [RegExp, string])[] = [
  [/^[\r\n]+$/, "a line end"],
  [/^ +$/, "a space"],
  [/^\t+$/, "a tab"],
  [/^\u00a0+$/, "a no-break space (U+00A0)"],
  [/^\ufeff+$/, "a byte order mark (U+FEFF)"],
  [/^[\u200b-\u200f\u2060]+$/, "an invisible character"],
];

/** A pasted or piped value may have something invisible at an end, which may explain why SnapTrade rejects it. */
export function spacedEnds(name: string, value: string): readonly Spaced[] {
  const [, before = "", after = ""] = /^([\s\u200b-\u200f\u2060]*)[^]*?([\s\u200b-\u200f\u2060]*)$/.exec(value) ?? [];
  const told = (run: string): string => INVISIBLE.find(([pattern]) => pattern.test(run))?.[1] ?? "white space";
  return [
    ...(before === "" ? [] : [{ input: name, how: `begins with ${told(before)}` }]),
    ...(after === "" ? [] : [{ input: name, how: `ends with ${told(after)}` }]),
  ];
}

/** An input that has white space, or another invisible character, at an end. */
export interface Spaced {
  readonly input: string;
  /** Such as "ends with a line end". */
  readonly how: string;
}
