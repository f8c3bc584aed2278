import { readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import { parse } from "yaml";

type Schema = Readonly<Record<string, unknown>>;
type Content = Readonly<Record<string, { readonly schema?: Schema }>>;
type Named<T> = Readonly<Record<string, T>>;

interface Text {
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Answers {
  readonly headers?: Named<Text>;
  readonly content?: Content;
}

/** As much of an OpenAPI description as is needed to compare what went over the wire with it. */
interface OpenApi {
  readonly components: Schema;
  readonly paths: Named<
    Named<{
      readonly parameters?: readonly (Text & { readonly name: string; readonly in: Place })[];
      readonly requestBody?: { readonly content: Content };
      readonly responses: Named<Answers>;
    }>
  >;
}

/** What a service wants and answers everywhere, whatever its description says of a single endpoint. */
interface General {
  /** Headers of every request. */
  readonly wants: readonly string[];
  /** The body of every PUT. */
  readonly puts?: Schema;
  readonly responses: Named<Answers>;
}

export type Place = "header" | "path" | "query";
const PLACES: readonly Place[] = ["path", "query", "header"];

/** An answer of one status: its headers as one schema, and a schema for each content type. */
export interface Response {
  readonly headers: Schema;
  readonly content: Content;
}

/** A request as it is described: the texts of each place as one schema, and a schema for each content type of its body. */
export interface Operation {
  readonly texts: Readonly<Record<Place, Schema>>;
  readonly content: Content;
  /** Beside that of its content type. */
  readonly body: Schema | undefined;
  readonly responses: Named<Response>;
}

/** An operation with its path as the description writes it, and what was sent where that has a name in braces. */
export interface Found {
  readonly template: string;
  readonly operation: Operation;
  readonly names: Named<string>;
}

/** A service as it is described. Every schema is compiled when it is wanted for the first time, and once. */
export class Description {
  readonly name: string;
  readonly #operations: readonly (readonly [template: string, methods: Named<Operation>])[];
  readonly #json = new Ajv({ allErrors: true, strictTypes: false });
  /** Of texts, numbers and booleans are made where they are wanted. */
  readonly #texts = new Ajv({ allErrors: true, strictTypes: false, coerceTypes: true });
  readonly #compiled = new WeakMap<Schema, ValidateFunction>();

  /** @param file in the folder of descriptions, JSON or YAML */
  constructor(file: string, service: "GitHub" | "SnapTrade") {
    const name = basename(file, extname(file));
    this.name = name;
    const whole = closed(described<OpenApi>(file), name);
    const general = closed(described<Readonly<Record<typeof service, General>>>("general.yaml"), name)[service];
    for (const ajv of [this.#json, this.#texts]) {
      formats(ajv);
      // GitHub's word for Unix seconds, which are an integer like any other.
      ajv.addFormat("timestamp", true).addVocabulary(["components"]);
      ajv.addSchema({ components: whole.components }, name);
    }
    // Of two paths that fit, the one with fewer names in braces is meant.
    const paths = Object.entries(whole.paths).sort(([one], [other]) => bracesIn(one) - bracesIn(other));
    this.#operations = paths.map(([template, methods]) => [template, operationsOf(methods, general)]);
  }

  find(method: string, path: string): Found | undefined {
    for (const [template, methods] of this.#operations) {
      const names = namesFrom(template, path);
      const operation = names && methods[method.toLowerCase()];
      if (names !== undefined && operation !== undefined) return { template, operation, names };
    }
    return undefined;
  }

  /** What is wrong with a value, in words that do not repeat it: it may be a secret. */
  wrong(schema: Schema, value: unknown, as: "json" | "texts"): readonly string[] {
    const known = this.#compiled.get(schema);
    const validate = known ?? (as === "json" ? this.#json : this.#texts).compile(schema);
    this.#compiled.set(schema, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message = "is wrong", params }) => {
      const stranger: unknown = params["additionalProperty"];
      return `${instancePath} ${message}${typeof stranger === "string" ? ` ('${stranger}')` : ""}`.trim();
    });
  }
}

function operationsOf(methods: OpenApi["paths"][string], general: General): Named<Operation> {
  const entries = Object.entries(methods).map(([method, { parameters = [], requestBody, responses }]) => {
    const [path, query, header] = PLACES.map((place) => parameters.filter((one) => one.in === place).map(entryOf));
    const wanted = general.wants.map((name) => entryOf({ name, required: true, schema: { type: "string" } }));
    const operation: Operation = {
      texts: { path: texts(path ?? []), query: texts(query ?? []), header: headers([...(header ?? []), ...wanted]) },
      content: requestBody?.content ?? {},
      body: method === "put" ? general.puts : undefined,
      responses: responsesOf({ ...general.responses, ...responses }),
    };
    return [method, operation] as const;
  });
  return Object.fromEntries(entries);
}

function entryOf({ name, ...text }: Text & { readonly name: string }): [string, Text] {
  return [name, text];
}

function responsesOf(responses: Named<Answers>): Named<Response> {
  const entries = Object.entries(responses).map(([status, { headers: named = {}, content = {} }]) => {
    return [status, { headers: headers(Object.entries(named)), content }] as const;
  });
  return Object.fromEntries(entries);
}

function texts(entries: readonly (readonly [string, Text])[]): Schema {
  return {
    type: "object",
    required: entries.filter(([, { required }]) => required === true).map(([name]) => name),
    properties: Object.fromEntries(entries.map(([name, { schema }]) => [name, schema])),
    additionalProperties: false,
  };
}

/** Their names are told apart without regard to case, and whoever passes a message on may add some. */
function headers(entries: readonly (readonly [string, Text])[]): Schema {
  return { ...texts(entries.map(([name, text]) => [name.toLowerCase(), text])), additionalProperties: true };
}

export const FOLDER = join(import.meta.dirname, "descriptions");

/** The value of a description's file, whose shape is known because it is kept here. */
function described<T>(file: string, read: (text: string) => T = file.endsWith(".json") ? JSON.parse : parse): T {
  return read(readFileSync(join(FOLDER, file), "utf8"));
}

/**
 * A member that no description names passes a validator, and may be a typing error: so nothing has more members than its
 * description. References are made to lead into the description of that name, wherever they stand.
 */
function closed<T>(value: T, name: string): T;
function closed(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => closed(one, name));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([key, one]: [string, unknown]): [string, unknown] => [
    key,
    key === "$ref" && typeof one === "string" ? one.replace(/^#/, `${name}#`) : closed(one, name),
  ]);
  const isOpen = "properties" in value && "type" in value && !("additionalProperties" in value);
  return { ...Object.fromEntries(members), ...(isOpen ? { additionalProperties: false } : {}) };
}

function bracesIn(template: string): number {
  return template.split("{").length;
}

function namesFrom(template: string, path: string): Named<string> | undefined {
  const [wanted, sent] = [template.split("/"), path.split("/")];
  if (wanted.length !== sent.length) return undefined;
  const names: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const said = sent[index] ?? "";
    if (segment.startsWith("{")) names[segment.slice(1, -1)] = decodeURIComponent(said);
    else if (segment !== said) return undefined;
  }
  return names;
}
