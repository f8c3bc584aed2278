import type { Asked, Said } from "../../sandbox/wire-record";
import type { Description, Found } from "./description";

/** One request and what came of it, as a local fake recorded it. */
export interface Exchange {
  readonly method: string;
  /** The request, if all of it arrived. */
  readonly asked?: Asked | undefined;
  /** The answer, if it was sent whole, in a frame that is sound HTTP. */
  readonly said?: Said | undefined;
}

/** Says where an exchange is otherwise than its service is described, a sentence each. */
export function deviationsOf(exchange: Exchange, description: Description, basePath = ""): readonly string[] {
  const { method, asked, said } = exchange;
  if (asked === undefined) return [];
  const [path = "", query = ""] = asked.target.split("?", 2);
  const found = path.startsWith(basePath) ? description.find(method, path.slice(basePath.length)) : undefined;
  if (found === undefined) return [`${description.name} describes no ${method} ${path}`];
  const wrong = [
    ...wrongRequest(asked, query, found, description),
    ...(said === undefined ? [] : wrongAnswer(said, found, description)),
  ];
  return wrong.map((what) => `${description.name}, ${method} ${found.template}: ${what}`);
}

function wrongRequest(
  { headers, body }: Asked,
  query: string,
  { operation, names }: Found,
  description: Description,
): readonly string[] {
  const { texts, content, body: ofPuts } = operation;
  const wrong = [
    ...description.wrong(texts.path, { ...names }, "texts").map((what) => `in the path ${what}`),
    ...description.wrong(texts.query, parametersOf(query), "texts").map((what) => `in the query ${what}`),
    ...description.wrong(texts.header, { ...headers }, "texts").map((what) => `in the request's headers ${what}`),
  ];
  if (Object.keys(content).length === 0) return body === "" ? wrong : [...wrong, "the request has a body"];
  const type = typeIn(headers["content-type"]);
  const described = content[type];
  if (described === undefined) return [...wrong, `the request's content type is "${type}"`];
  const value = valueOf(body);
  const schemas = [described.schema, ofPuts].filter((schema) => schema !== undefined);
  const ofBody = schemas.flatMap((schema) => description.wrong(schema, value, "json"));
  return [...wrong, ...new Set(ofBody.map((what) => `in the request's body ${what}`))];
}

/** What is wrong with an answer, unless a fault wants it so. What a fault is said to want has to be there. */
function wrongAnswer(said: Said, found: Found, description: Description): readonly string[] {
  const { status, strays } = said;
  const [part, wrong] = strayIn(said, found, description);
  if (part === undefined) {
    const isNot = strays === undefined || strays === "anywhere";
    return isNot ? [] : [`the answer ${status} is marked as otherwise in its ${strays}, and is not`];
  }
  const isWanted = strays === part || strays === "anywhere";
  return isWanted ? [] : wrong.map((what) => `of the answer ${status} ${what}`);
}

type Part = Exclude<Said["strays"], "anywhere" | undefined>;

/** The first part of an answer that is otherwise than described, and how. */
function strayIn(
  { status, headers, body }: Said,
  { operation }: Found,
  description: Description,
): readonly [part: Part | undefined, wrong: readonly string[]] {
  const response = operation.responses[status];
  if (response === undefined) return ["status", ["nothing is described"]];
  const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const type = typeIn(sent["content-type"]);
  const { content } = response;
  const isEmpty = Object.keys(content).length === 0;
  const described = content[type];
  if (isEmpty ? type !== "" : described === undefined) return ["content type", [`the content type is "${type}"`]];
  const schema = described?.schema;
  const wrong = [
    ...description.wrong(response.headers, sent, "texts").map((what) => `in the headers ${what}`),
    ...(isEmpty && body !== "" ? ["there is a body"] : []),
    ...(schema === undefined ? [] : description.wrong(schema, valueOf(body), "json")).map(
      (what) => `in the body ${what}`,
    ),
  ];
  return [wrong.length === 0 ? undefined : "body", wrong];
}

/** Of a parameter that is given twice all values, which none is described to have. */
function parametersOf(query: string): Record<string, string | readonly string[]> {
  const given = new URLSearchParams(query);
  return Object.fromEntries(
    [...given.entries()].map(([name, value]) => {
      const all = given.getAll(name);
      return [name, all.length === 1 ? value : all];
    }),
  );
}

function typeIn(header: string | undefined): string {
  return header?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** The value of a JSON text; of what is none, something that is as wrong as it is everywhere. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
