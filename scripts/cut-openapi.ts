// Cuts GitHub's own description of its API down to what is spoken here, and writes it to harness/wire/descriptions.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Of every product, in a repository, an environment or an organization. */
const SECRETS =
  "/(repos/\\{owner\\}/\\{repo\\}|orgs/\\{org\\})/" +
  "(environments/\\{environment_name\\}|actions|agents|codespaces|dependabot)/secrets";

/** What the action asks for, and everything else of the REST API that the local fake of GitHub knows. */
const SPOKEN: readonly (readonly [path: RegExp, methods: readonly string[]])[] = [
  [/^\/rate_limit$/, ["get"]],
  [/^\/repos\/\{owner\}\/\{repo\}$/, ["get"]],
  [/^\/repos\/\{owner\}\/\{repo\}\/actions\/runs\/\{run_id\}$/, ["get"]],
  [/^\/repos\/\{owner\}\/\{repo\}\/environments$/, ["get"]],
  [new RegExp(`^${SECRETS}(/public-key)?$`), ["get"]],
  [new RegExp(`^${SECRETS}/\\{secret_name\\}$`), ["get", "put", "delete"]],
  [new RegExp(`^${SECRETS}/\\{secret_name\\}/repositories$`), ["get"]],
];

const FOLDER = join(import.meta.dirname, "..", "harness", "wire", "descriptions");
const PACKAGE = "@octokit/openapi";

type Json = null | boolean | number | string | readonly Json[] | JsonObject;
interface JsonObject {
  readonly [key: string]: Json;
}

function parsed(text: string, parse: (text: string) => JsonObject = JSON.parse): JsonObject {
  return parse(text);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function objectAt(value: JsonObject, key: string): JsonObject {
  const member = value[key];
  return isObject(member) ? member : {};
}

/** Texts for people, and what no validator reads. */
const WORDS = new Set(["description", "summary", "title", "example", "examples", "externalDocs", "tags", "deprecated"]);

/** Where the keys are names that somebody chose, and not words of OpenAPI. */
const NAMED = new Set(["properties", "responses", "content", "headers", "schemas", "paths"]);

function withoutWords(value: Json, within?: string): Json {
  if (Array.isArray(value)) return value.map((one: Json) => withoutWords(one));
  if (!isObject(value)) return value;
  const isWord = (key: string): boolean => WORDS.has(key) || key.startsWith("x-");
  const kept = Object.entries(value).filter(([key]) => (within !== undefined && NAMED.has(within)) || !isWord(key));
  const named = within !== undefined && NAMED.has(within);
  return Object.fromEntries(kept.map(([key, one]) => [key, withoutWords(one, named ? undefined : key)]));
}

/** Parameters, answers and headers are put in place; a schema stays where it is, under its name. */
function resolved(whole: JsonObject, value: Json): Json {
  if (Array.isArray(value)) return value.map((one: Json) => resolved(whole, one));
  if (!isObject(value)) return value;
  const { $ref: ref } = value;
  if (typeof ref === "string" && !ref.startsWith("#/components/schemas/")) return resolved(whole, target(whole, ref));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(whole, one)]));
}

function target(whole: JsonObject, ref: string): Json {
  const [, ...steps] = ref.split("/");
  return steps.reduce<JsonObject>((at, step) => objectAt(at, step), whole);
}

function refsIn(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((one: Json) => refsIn(one));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, one]) =>
    key === "$ref" && typeof one === "string" ? [one] : refsIn(one),
  );
}

/** The schemas that something leads to, and those that they lead to. */
function schemasFor(whole: JsonObject, spoken: Json): JsonObject {
  const schemas: Record<string, Json> = {};
  const waiting = [...refsIn(spoken)];
  for (let ref = waiting.pop(); ref !== undefined; ref = waiting.pop()) {
    const name = ref.replace("#/components/schemas/", "");
    if (name in schemas) continue;
    const schema = withoutWords(target(whole, ref));
    schemas[name] = schema;
    waiting.push(...refsIn(schema));
  }
  return Object.fromEntries(Object.entries(schemas).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function cut(whole: JsonObject): JsonObject {
  const paths = Object.entries(objectAt(whole, "paths")).flatMap(([path, item]): [string, Json][] => {
    const methods = SPOKEN.find(([pattern]) => pattern.test(path))?.[1] ?? [];
    const spoken = Object.entries(isObject(item) ? item : {}).filter(([method]) => methods.includes(method));
    return spoken.length === 0 ? [] : [[path, Object.fromEntries(spoken)]];
  });
  const spoken = withoutWords(resolved(whole, Object.fromEntries(paths)), "paths");
  const { title = "", version = "" } = objectAt(whole, "info");
  return {
    openapi: whole["openapi"] ?? "",
    info: { title, version },
    paths: spoken,
    components: { schemas: schemasFor(whole, spoken) },
  };
}

/** github.com, and the oldest and the newest Enterprise Server that the package has. */
function chosen(files: readonly string[]): readonly string[] {
  const numberOf = (file: string): number => Number(/ghes-3\.(\d+)\.json$/.exec(file)?.[1]);
  const servers = files.filter((file) => numberOf(file) >= 0).sort((one, other) => numberOf(one) - numberOf(other));
  return ["package/generated/api.github.com.json", servers[0], servers.at(-1)].filter((file) => file !== undefined);
}

const folder = mkdtempSync(join(tmpdir(), "openapi-"));
try {
  const packed = execFileSync("npm", ["pack", "--silent", PACKAGE], { cwd: folder, encoding: "utf8" }).trim();
  const archive = join(folder, packed);
  const files = execFileSync("tar", ["-tzf", archive], { encoding: "utf8" }).trim().split("\n");
  for (const old of readdirSync(FOLDER).filter((one) => one.endsWith(".json"))) rmSync(join(FOLDER, old));
  for (const file of chosen(files)) {
    execFileSync("tar", ["-xzf", archive, "-C", folder, file]);
    const whole = parsed(readFileSync(join(folder, file), "utf8"));
    const name = file.replace(/^.*\/(api\.)?/, "");
    const text = `${JSON.stringify(cut(whole), undefined, 1)}\n`;
    writeFileSync(join(FOLDER, name), text);
    process.stdout.write(`${name}: ${Math.round(text.length / 1_000)} KB\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
