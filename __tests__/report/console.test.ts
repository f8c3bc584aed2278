import { jest } from "@jest/globals";
import { Console } from "../../src/report/console";
import type { Delivery } from "../../src/report/delivery";
import { noticeText } from "../../src/report/notice-text";
import { report } from "../../src/report/report";
import type { Notice, Remark } from "../../src/rotation/notices";
import { nothingChanged } from "../../src/rotation/outcome";
import type { Outcome } from "../../src/rotation/outcome";
import { Secret } from "../../src/text/secret";

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

const NOTE: Notice = { code: "audience-changed", label: "ANOTHER" };
const REMARK: Remark = { code: "audience-changed", label: "NAME" };

test("a save that fails for the same reason again is told in one short sentence, any other in full", () => {
  const failed = (label: string, cause: "archived" | "suspended"): Notice => {
    const fault = {
      status: 403,
      cause,
      detail: "GitHub answered 403",
      permission: null,
      answered: true,
      retryAfterMs: null,
    } as const;
    return { code: "save-failed", label, fault, waitMs: 500 };
  };
  const console = new Console();
  const again = "NAME is not saved yet, for the same reason. Trying again in 500 ms.\n";
  const notices = [failed("NAME", "archived"), failed("NAME", "suspended"), failed("ANOTHER", "suspended")];
  for (const notice of notices) console.say(notice);
  console.say(failed("NAME", "suspended"));
  expect(printed).toEqual([...notices.map((notice) => `${noticeText(notice)}\n`), again]);
});

describe("a remark", () => {
  test("is printed at once, and once only, and kept for the end", () => {
    const console = new Console();
    console.remark(REMARK);
    console.remark(REMARK);
    expect(printed).toEqual([`${noticeText(REMARK)}\n`]);
    expect([...console.remarks.keys()]).toEqual([noticeText(REMARK)]);
  });

  test("holds nothing that was masked", () => {
    const console = new Console();
    console.mask(new Secret("masked-label"));
    console.remark({ code: "audience-changed", label: "a masked-label b" });
    expect([...console.remarks.keys()].join()).toContain("a *** b");
    expect([...printed.slice(1), ...console.remarks.keys()].join()).not.toContain("masked-label");
  });
});

test("a note is kept for the summary, without what was masked, and not printed", () => {
  const console = new Console();
  console.mask(new Secret("masked-label"));
  console.note({ code: "audience-changed", label: "a masked-label b" });
  expect(console.notes).toEqual([noticeText({ code: "audience-changed", label: "a *** b" })]);
  expect(console.remarks.size).toBe(0);
  expect(printed).toHaveLength(1);
});

/** What the runner is told of an outcome after one remark. */
async function told(outcome: Outcome): Promise<{ summary: string; warnings: string[]; annotations: string[] }> {
  const [summaries, warnings, annotations]: [string[], string[], string[]] = [[], [], []];
  const console = new Console();
  console.remark(REMARK);
  console.note(NOTE);
  await report(outcome, { primary: null, userId: "user-1", spaced: [] }, console, {
    setOutputs: () => undefined,
    exportSecret: () => undefined,
    writeSummary: async (markdown) => {
      summaries.push(markdown);
      await Promise.resolve();
    },
    annotate: (_, message) => void annotations.push(message),
    warn: (title, message) => void warnings.push(`${title}: ${message}`),
  });
  return { summary: summaries.join(), warnings, annotations };
}

describe("the report of an outcome", () => {
  test.each([
    ["green", nothingChanged("checked", { code: "ready" }), true],
    ["red", nothingChanged("unchanged", { code: "no-such-user" }), false],
  ] as const)("tells of remarks in the summary, and warns where it is green: %s", async (_, outcome, isGreen) => {
    const { summary, warnings, annotations } = await told(outcome);
    for (const one of [REMARK, NOTE]) expect(summary).toContain(`> [!NOTE]\n> ${noticeText(one)}`);
    expect(warnings).toEqual(isGreen ? [`The secret's visibility was changed: ${noticeText(REMARK)}`] : []);
    expect(annotations).toHaveLength(isGreen ? 0 : 1);
  });

  test("names the input with white space at an end, where SnapTrade refused something", async () => {
    const annotations: string[] = [];
    const delivery: Delivery = {
      setOutputs: () => undefined,
      exportSecret: () => undefined,
      writeSummary: async () => await Promise.resolve(),
      annotate: (_, message) => void annotations.push(message),
      warn: () => undefined,
    };
    const spaced = [{ input: "user-id", how: "ends with a line end" }];
    const told = await report(
      nothingChanged("unchanged", { code: "no-such-user" }),
      { primary: null, userId: "user-1", spaced },
      new Console(),
      delivery,
    );
    expect(told).toBe(true);
    expect(annotations.join()).toContain(
      "The input user-id ends with a line end. Check whether that belongs to the value.",
    );
  });
});
