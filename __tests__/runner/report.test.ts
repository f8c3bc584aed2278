import { helpFor } from "../../src/runner/report";

const RUNNER = {
  GITHUB_SERVER_URL: "https://github.com",
  GITHUB_ACTION_REPOSITORY: "octo-org/rotate",
  GITHUB_ACTION_REF: "0123abc",
};

test("the page that helps is that of the very version that runs", () => {
  expect(helpFor("answer-lost", RUNNER)).toBe(
    "https://github.com/octo-org/rotate/blob/0123abc/docs/recovery.md#answer-lost",
  );
});

test.each<[string, Readonly<Record<string, string>>]>([
  ["a local action has no repository", { ...RUNNER, GITHUB_ACTION_REPOSITORY: "" }],
  ["a reference that is no plain name", { ...RUNNER, GITHUB_ACTION_REF: "a b)" }],
  ["a server that is no URL", { ...RUNNER, GITHUB_SERVER_URL: "javascript:alert(1)" }],
  ["nothing is known", {}],
])("%s: the page's name alone", (_, env) => {
  expect(helpFor("answer-lost", env)).toBe("docs/recovery.md#answer-lost");
});
