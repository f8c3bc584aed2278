import { jest } from "@jest/globals";
import { Secret } from "../../src/text/secret";

/** What age makes of a secret: these texts, the last of them for ever. */
let texts: string[] = [];
let made = 0;

// The library draws at random; the tests of the bundle use it as it is.
jest.unstable_mockModule("age-encryption", () => ({
  armor: { encode: (bytes: Uint8Array) => Buffer.from(bytes).toString("base64") },
  Encrypter: class {
    addRecipient(recipient: string): void {
      if (recipient !== "age1known") throw new Error("no recipient");
    }
    async encrypt(plain: string): Promise<Uint8Array> {
      if (plain === "trial") return await Promise.resolve(new Uint8Array());
      const text = texts[Math.min(made, texts.length - 1)] ?? "";
      made += 1;
      return await Promise.resolve(Buffer.from(text, "base64"));
    }
  },
}));
const { loadEscrow } = await import("../../src/runner/escrow");

/** The text that is chosen, and how many were made for it. */
async function chosen(avoided: readonly string[], ...all: readonly string[]): Promise<readonly [string, number]> {
  [texts, made] = [[...all], 0];
  const escrow = await loadEscrow(
    "age1known",
    avoided.map((value) => new Secret(value)),
  );
  return [await escrow.encrypt(new Secret("new-secret")), made];
}

describe("an age text that would be printed with a hole in it", () => {
  test("is made again, until nothing that may be masked stands in it, in its own letter case", async () => {
    expect(await chosen(["q7", "Zz"], "AAq7", "BBZz", "CCzz", "DDDD")).toEqual(["CCzz", 3]);
  });

  test("is the best of twenty-one, where every one has a hole", async () => {
    expect(await chosen(["q7", "Zz"], "q7Zz", "BBZz", "q7Zz")).toEqual(["BBZz", 21]);
  });

  test.each(["q", "YWdlLWVuY3J5cHRpb24"])("is not made again for %s, which stands in every text", async (value) => {
    expect(await chosen([value], "AAqq", "BBBB")).toEqual(["AAqq", 1]);
  });

  test("is made once where nothing is to be avoided", async () => {
    expect(await chosen([], "AAAA", "BBBB")).toEqual(["AAAA", 1]);
  });
});

test("a recipient that is none is refused", async () => {
  await expect(loadEscrow("age1other")).rejects.toMatchObject({
    reason: { code: "refused-input", input: "recovery-recipient" },
  });
});
