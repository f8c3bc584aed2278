import { helpFor, recoveryPage } from "../../src/report/help";

const GITHUB = { GITHUB_SERVER_URL: "https://github.com" };
const SCRIPT = "/home/runner/work/_actions/octo-org/rotate/0123abc/dist/index.js";

test.each([
  ["the main step", SCRIPT],
  ["the post step", SCRIPT.replace("index.js", "post.js")],
  ["a runner on Windows", SCRIPT.replaceAll("/", "\\")],
])("the page that helps is that of the very version that runs: %s", (_, script) => {
  expect(recoveryPage(GITHUB, script)).toBe("https://github.com/octo-org/rotate/blob/0123abc/docs/recovery.md");
});

test("inside a composite action the names that the runner tells are the outer action's, and not believed", () => {
  const outer = { ...GITHUB, GITHUB_ACTION_REPOSITORY: "octo-org/outer", GITHUB_ACTION_REF: "v9" };
  expect(recoveryPage(outer, SCRIPT)).toContain("/octo-org/rotate/blob/0123abc/");
  expect(recoveryPage(outer, "/srv/app/.github/actions/rotate/dist/index.js")).toBe("docs/recovery.md");
});

test.each<[string, Readonly<Record<string, string>>, string]>([
  ["a local action", GITHUB, "/home/runner/work/app/app/dist/index.js"],
  ["a copy in the folder of another action", GITHUB, SCRIPT.replace("/dist/", "/rotate/dist/")],
  ["a reference that is no plain name", GITHUB, SCRIPT.replace("0123abc", "a b)")],
  ["a branch with a slash in its name", GITHUB, SCRIPT.replace("0123abc", "feature/x")],
  ["an Enterprise Server", { GITHUB_SERVER_URL: "https://ghe.example" }, SCRIPT],
  ["nothing is known", {}, ""],
])("%s: the page's name alone", (_, env, script) => {
  expect(recoveryPage(env, script)).toBe("docs/recovery.md");
});

test("each reason has its place on the page", () => {
  expect(helpFor("answer-lost", "docs/recovery.md")).toBe("docs/recovery.md#answer-lost");
});
