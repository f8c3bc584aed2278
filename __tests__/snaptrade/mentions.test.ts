import { countKeys, flawOf, namedValues, SECRET_MAX_BYTES } from "../../src/snaptrade/mentions";

describe("keys that are named like userSecret", () => {
  test.each<[string, number]>([
    ['{"userSecret":"a"}', 1],
    ['{"userSecret":null,"usersecret":1}', 2],
    [String.raw`{"userSecret":"a","user\u0053ecret":"b"}`, 2],
    [String.raw`{"\u0075\u0073\u0065\u0072Secret":"a"}`, 1],
    [String.raw`{"user\u005Fsecret" : "a"}`, 1],
    ['{"user_secret":"a","user-secret":"b","USERSECRET":"c","newUserSecret":"d"}', 4],
    [String.raw`{"detail":"{\"userSecret\":\"x"}`, 1],
    ["{'userSecret': 'a'}", 1],
    ['{"detail":"Invalid userSecret provided"}', 0],
    ['{"userSecretId":"a","oldUserSecret":"b","user":"c","secret":"d"}', 0],
    ['["userSecret"]', 0],
    ["", 0],
  ])("%s has %d", (text, count) => {
    expect(countKeys(Buffer.from(text))).toBe(count);
  });
});

describe("the values of such keys", () => {
  function values(text: string | Buffer, mayBeUnfinished = false): readonly string[] {
    return namedValues(Buffer.from(text), mayBeUnfinished).map((mention) => mention.text);
  }

  test.each<[string, readonly string[]]>([
    [String.raw`{"user\u0053ecret":"a\u0062c"}`, ["abc"]],
    ['{"user_secret":"a","NEW-USER-SECRET":"b"}', ["a", "b"]],
    ["<userSecret>a</userSecret>", ["a"]],
    ['{"userSecret":-12.5e3}', ["-12.5e3"]],
    ['{"userSecret":["a"],"userSecretX":"b"}', []],
  ])("%s: %j", (text, expected) => {
    expect(values(text)).toEqual(expected);
  });

  test("are told by sixteen characters where the closing quote is missing, and only at the end of an answer", () => {
    const cut = '{"userSecret":"0123456789abcdef';
    expect([values(cut, true), values(cut), values(cut.slice(0, -1), true)]).toEqual([["0123456789abcdef"], [], []]);
  });
});

describe("what no GitHub secret can hold", () => {
  test.each<[string, string, ReturnType<typeof flawOf>]>([
    ["48 KB can be held", "x".repeat(SECRET_MAX_BYTES), null],
    ["one byte more is too long", "x".repeat(SECRET_MAX_BYTES + 1), "too-long"],
    ["bytes count, not characters", "é".repeat(SECRET_MAX_BYTES / 2) + "x", "too-long"],
    ["half a character is no Unicode", "a\ud800", "not-unicode"],
  ])("%s", (_, text, flaw) => {
    expect(flawOf(text)).toBe(flaw);
  });
});
