import { inspect } from "node:util";
import { anyText, fc } from "../../harness/draws";
import { printable } from "../../src/text/printable";
import { Refusal } from "../../src/rotation/refusal";
import { Secret } from "../../src/text/secret";

const VALUE = "the-value-itself";

describe("a secret", () => {
  test("is never printed by any implicit conversion", () => {
    const secret = new Secret(VALUE);
    const shown = [
      String(secret),
      secret.toString(),
      JSON.stringify({ secret }),
      inspect({ secret }, { showHidden: true, depth: 9 }),
      [secret].join(","),
      secret[Symbol.toPrimitive](),
      new Error(String(secret)).message,
      JSON.stringify(Object.entries(secret)),
    ];
    expect(shown.filter((text) => text.includes(VALUE))).toEqual([]);
    expect(shown[0]).toBe("***");
  });

  test("is revealed exactly as given", () => {
    expect(new Secret(" \tä\r\n").reveal()).toBe(" \tä\r\n");
  });

  test("equals another of the same value only", () => {
    expect(new Secret("a").equals(new Secret("a"))).toBe(true);
    expect(new Secret("a").equals(new Secret("b"))).toBe(false);
  });

  test.each([
    ["abc0", "abc1"],
    ["abc1", "abc0"],
    ["a-b-}", "a-0-}"],
    ["---", "---0"],
    ["", "0"],
    ["é", "é0"],
  ])("altered, %j becomes %j", (given, altered) => {
    expect(new Secret(given).altered().reveal()).toBe(altered);
  });

  test("altered is always another one, and of the same shape where it has a letter or digit", () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const altered = new Secret(text).altered().reveal();
        expect(altered).not.toBe(text);
        expect(/[0-9a-z]/i.test(text) ? altered.length : text.length).toBe(text.length);
      }),
    );
  });
});

describe("a foreign text for the log", () => {
  test("is one line without commands, however it is made", () => {
    fc.assert(
      fc.property(anyText({ maxLength: 600 }), (text) => {
        const shown = printable(text);
        expect(shown).toMatch(/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u);
        expect(shown).not.toMatch(/::|##\[/);
        expect(shown.length).toBeLessThanOrEqual(201);
      }),
    );
  });

  test.each([
    ["a\r\nb\u001b[31m", "a b [31m"],
    ["::error::x", ": :error: :x"],
    ["##[group]x", "# #[group]x"],
    ["x".repeat(201), `${"x".repeat(200)}…`],
    ["x".repeat(200), "x".repeat(200)],
  ])("%j is shown as %j", (given, shown) => {
    expect(printable(given)).toBe(shown);
  });
});

describe("a refusal", () => {
  test("names the input or the setting, and no value in its own message", () => {
    const input = Refusal.ofInput("mode", "is bad", "good");
    expect(input.reason).toEqual({ code: "refused-input", input: "mode", problem: "is bad", expected: "good" });
    const setting = Refusal.ofSetting("NODE_DEBUG", "is bad", "good");
    expect(setting.reason).toMatchObject({ code: "refused-setting", setting: "NODE_DEBUG" });
    expect([input.message, input.name, setting.message]).toEqual(["refused-input", "Refusal", "refused-setting"]);
  });
});
