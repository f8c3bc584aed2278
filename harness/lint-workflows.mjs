// Lints workflow files with GitHub's own language service and prints what it says as JSON: { file: ["LINE: message", …] }.
// A process of its own, because the service was built for a bundler: it imports JSON as Node does not.
import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";

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
  found[relative(root, file)] = diagnostics.map(({ range, message }) => `${range.start.line + 1}: ${message}`);
}
process.stdout.write(JSON.stringify(found, null, 1));
