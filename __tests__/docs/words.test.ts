import { readdirSync } from "node:fs";
import { join } from "node:path";
import { faults } from "../../sandbox/faults";
import { readText, workflowFiles } from "../../harness/workflow-files";
import { BANNED, bannedIn } from "./banned-words";
import { pages, root } from "./markdown";

/** Pages about the code, for people who know the field's own words. */
const FOR_DEVELOPERS = [
  "CHANGELOG.md",
  "docs/performance.md",
  "docs/protocol.md",
  "docs/testing.md",
  "docs/threat-model.md",
];

const forms = readdirSync(join(root, ".github/ISSUE_TEMPLATE")).map((name) => `.github/ISSUE_TEMPLATE/${name}`);

/** Everything that people read outside of a run; `report/messages.test.ts` reads what a run prints. */
const texts = [
  ...pages(),
  "action.yml",
  ...workflowFiles("examples"),
  ...forms.filter((file) => file.endsWith(".yml")),
];

test.each(texts)("%s has no word that the glossary replaces", (file) => {
  const audience = FOR_DEVELOPERS.includes(file) ? "developers" : "users";
  expect(bannedIn(readText(file), audience)).toEqual([]);
});

test("npm start -- --faults has none either", () => {
  const found = [...faults].flatMap(([name, { says }]) => bannedIn(says, "users").map((one) => `${name}: ${one}`));
  expect(found).toEqual([]);
});

test.each(BANNED.map(({ sample, instead }) => [sample, instead]))("finds “%s” (%s)", (sample) => {
  expect(bannedIn(sample, "users")).not.toEqual([]);
});

test("overlooks what is code", () => {
  expect(bannedIn("The reason `given-secret-dead`, `escrow`.\n\n```sh\ntake it away\n```\n", "users")).toEqual([]);
});
