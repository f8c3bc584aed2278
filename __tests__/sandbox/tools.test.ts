import { hasTool } from "../../harness/tools";

test("a program is found on PATH by its name, and one that nobody has is not", () => {
  expect(hasTool("sh")).toBe(true);
  expect(hasTool("no-such-program-anywhere")).toBe(false);
});
