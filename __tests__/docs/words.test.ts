import { readdirSync } from "node:fs";
import { join } from "node:path";
import { faults } from "../../sandbox/faults";
import { readText, workflowFiles } from "../../harness/workflow-files";
import { BANNED, bannedIn } from "./banned-words";
import { commentsIn } from "./comments";
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

const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => `src/${file}`);

test.each(sources)("the comments of %s have none", (file) => {
  expect(bannedIn(commentsIn(file, readText(file)), "comments")).toEqual([]);
});

test("reads every comment of a source, and nothing but comments", () => {
  const source = [
    "/**",
    " * A line that ends in",
    " * force, and whoever calls. @throws {Refusal}",
    " */",
    'const a = "// anew"; // by',
    "// hand",
    "/* mostly */ f(`${/* taken for */ b} // beside`, /[/]/ /* mend */ / c);",
    "class D {",
    "  // guard: three refusals",
    "  // Somebody.",
    "}",
  ].join("\n");
  const found = bannedIn(commentsIn("a.ts", source), "comments");
  const words = ["in force", "whoever", "by hand", "mostly", "taken for", "mend", "Somebody"];
  expect(found).toHaveLength(words.length);
  for (const word of words) expect(found).toContainEqual(expect.stringContaining(word));
});

test("npm start -- --faults has none either", () => {
  const found = [...faults].flatMap(([name, { says }]) => bannedIn(says, "users").map((one) => `${name}: ${one}`));
  expect(found).toEqual([]);
});

test.each(BANNED)("finds “$sample” ($instead)", ({ sample, onlyFor = "users" }) => {
  expect(bannedIn(sample, onlyFor)).not.toEqual([]);
});

test("overlooks what is code", () => {
  expect(bannedIn("The reason `given-secret-dead`, `escrow`.\n\n```sh\ntake it away\n```\n", "users")).toEqual([]);
});
