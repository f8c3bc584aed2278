import { nothingChanged } from "../../src/rotation/outcome";
import { Secret } from "../../src/rotation/secret";
import { Console } from "../../src/runner/console";
import type { Delivery } from "../../src/runner/delivery";
import { report } from "../../src/runner/report";

const SECRET = 'sec"ret-\n1234-value';

let printed: string[] = [];
beforeEach(() => {
  printed = [];
  jest.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    printed.push(String(chunk));
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());

describe("what was masked", () => {
  test("is masked once, by the runner's own command", () => {
    const console = new Console();
    for (let n = 0; n < 2; n += 1) console.mask(new Secret(SECRET));
    console.mask(new Secret(""));
    expect(printed).toEqual(['::add-mask::sec"ret-%0A1234-value\n']);
  });

  test("is printed by nobody, as it is or as a message would quote it", () => {
    const console = new Console();
    console.mask(new Secret(SECRET));
    for (const text of [SECRET, JSON.stringify(SECRET), 'sec"ret- 1234-value']) {
      expect(console.clean(`a ${text} b`)).not.toContain("1234");
    }
  });

  test("is quoted of no service, and neither is a piece of it; anything else is", () => {
    const console = new Console();
    expect(console.quote("not found: 1234-val")).toBe("not found: 1234-val");
    console.mask(new Secret(SECRET));
    expect([console.quote("not found: 1234-val"), console.quote("not found: %31234%2Dvalue")]).toEqual([null, null]);
    expect(console.quote("not found: 1234")).toBe("not found: 1234");
  });
});

describe("the report of an outcome", () => {
  test("names the input with white space at an end, where SnapTrade refused something", async () => {
    const annotations: string[] = [];
    const delivery: Delivery = {
      setOutputs: () => undefined,
      exportSecret: () => undefined,
      writeSummary: async () => await Promise.resolve(),
      annotate: (_, message) => void annotations.push(message),
    };
    const spaced = [{ input: "user-id", how: "ends with a line end" }];
    const told = await report(
      nothingChanged("unchanged", { code: "no-such-user" }),
      { primary: null, spaced },
      new Console(),
      delivery,
    );
    expect(told).toBe(true);
    expect(annotations.join()).toContain("The input user-id ends with a line end; is that meant to be part of it?");
  });
});
