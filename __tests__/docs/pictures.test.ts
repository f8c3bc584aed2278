import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { normalized, PICTURED, summaryOf } from "../../scripts/picture-plays";
import { root } from "./markdown";

const SIZE_MAX = 60_000;
const folder = join(root, "docs/pictures");

describe.each(PICTURED)("the picture of %s", (name) => {
  test("shows the summary that is printed now; if not, run: npm run pictures", async () => {
    const shown = readFileSync(join(folder, `${name}.txt`), "utf8");
    expect(await summaryOf(name, root)).toBe(shown);
  });

  test.each(["light", "dark"])("is there for the %s theme, and small", (theme) => {
    const picture = join(folder, `${name}-${theme}.png`);
    expect(existsSync(picture)).toBe(true);
    expect(statSync(picture).size).toBeLessThan(SIZE_MAX);
  });
});

test("what differs from run to run makes no difference, and a word does", () => {
  const [one, other] = ["2026-01-01T00:00:00.000Z, 12 ms", "2026-02-02T11:11:11.111Z, 340 ms"];
  expect(normalized(one)).toBe(normalized(other));
  expect(normalized(`${one} saved`)).not.toBe(normalized(`${one} lost`));
});
