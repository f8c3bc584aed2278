import { summaryLines } from "../../sandbox/prose";

test("an alert box is shown as its kind and its lines", () => {
  const box = "## Title\n\n> [!CAUTION]\n> User ID: **user-1**\n>\n> Do not do it.";
  expect(summaryLines(box).map(({ text }) => text)).toEqual([
    "Title",
    "",
    "CAUTION",
    "User ID: user-1",
    "",
    "Do not do it.",
  ]);
});
