import { isCanaryName } from "./canaries";
import { findSetUp, type SetUpStep } from "./set-up-steps";
import { parseApp, type Place } from "./scopes";

/** What a request is about. Where the name is a canary's, a PUT counts as `canary`, and a GET as `canary-metadata`. */
export type Which =
  | "key"
  | "metadata"
  | "canary-metadata"
  | "list"
  | "canary"
  | "put"
  | "delete"
  | "repositories"
  | "repository"
  | "environments"
  | "run"
  | "rate-limit"
  | "graphql"
  | "set-up"
  | "unknown";

/** One request, understood from its request line alone. */
export interface Call {
  readonly which: Which;
  readonly method: string;
  /** The API's root as the caller knows it, for the links in the answer. */
  readonly root: string;
  /** The path as sent, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly place: Place | undefined;
  /** The secret's name as sent. */
  readonly name: string | undefined;
  readonly repository: string | undefined;
  readonly run: string | undefined;
  /** Of a `set-up`: what a person's own command does. */
  readonly step: SetUpStep | undefined;
}

type Found = Partial<Pick<Call, "place" | "name" | "repository" | "run" | "step">> & { readonly which: Which };

const UNKNOWN: Found = { which: "unknown" };

/**
 * Understands a request line.
 * @param root the API's root as the caller knows it; its path is `/api/v3` on GitHub Enterprise Server, and anything
 * outside it is unknown.
 * @param nameOfId resolves the number in `/repositories/ID/…`, where a renamed repository is sent to.
 */
export function understand(
  method: string,
  target: string,
  root: string,
  nameOfId: (id: number) => string | undefined,
): Call {
  const basePath = new URL(root).pathname.replace(/\/$/u, "");
  const [path = "", search = ""] = target.split("?", 2);
  const found = path.startsWith(`${basePath}/`) ? find(method, path.slice(basePath.length), nameOfId) : UNKNOWN;
  const query = new URLSearchParams(search);
  return {
    place: undefined,
    name: undefined,
    repository: undefined,
    run: undefined,
    step: undefined,
    ...found,
    method,
    root,
    path,
    query,
  };
}

function find(method: string, path: string, nameOfId: (id: number) => string | undefined): Found {
  const segments = decode(path);
  if (segments === undefined) return UNKNOWN;
  const [root = "", one = "", two = "", ...rest] = segments;
  switch (root) {
    case "repos":
      return findInRepository(method, `${one}/${two}`, rest);
    case "repositories": {
      const fullName = nameOfId(Number(one));
      return fullName === undefined ? UNKNOWN : findInRepository(method, fullName, [two, ...rest]);
    }
    case "orgs": {
      const app = parseApp(two);
      if (app === undefined || rest[0] !== "secrets") return UNKNOWN;
      return findSecret(method, { kind: "organization", organization: one, app }, rest.slice(1));
    }
    case "rate_limit":
      return method === "GET" && segments.length === 1 ? { which: "rate-limit" } : UNKNOWN;
    case "graphql":
      return method === "POST" && segments.length === 1 ? { which: "graphql" } : UNKNOWN;
    default:
      return UNKNOWN;
  }
}

function findInRepository(method: string, repository: string, rest: readonly string[]): Found {
  const [area = "", second = "", third = ""] = rest;
  if (area === "" && method === "GET") return { which: "repository", repository };
  if (area === "environments" && rest.length === 1 && method === "GET") return { which: "environments", repository };
  if (area === "environments" && third === "secrets") {
    const place = { kind: "environment", repository, environment: second, app: "actions" } as const;
    return { repository, ...findSecret(method, place, rest.slice(3)) };
  }
  if (area === "actions" && second === "runs" && rest.length === 3 && method === "GET") {
    return { which: "run", repository, run: third };
  }
  const step = findSetUp(method, repository, rest);
  if (step !== undefined) return { which: "set-up", repository, step };
  const app = parseApp(area);
  if (app === undefined || second !== "secrets") return UNKNOWN;
  return { repository, ...findSecret(method, { kind: "repository", repository, app }, rest.slice(2)) };
}

function findSecret(method: string, place: Place, tail: readonly string[]): Found {
  const [name, below] = tail;
  if (name === undefined) return method === "GET" ? { which: "list", place } : UNKNOWN;
  if (below !== undefined) {
    const listsRepositories = method === "GET" && place.kind === "organization" && below === "repositories";
    return listsRepositories && tail.length === 2 ? { which: "repositories", place, name } : UNKNOWN;
  }
  const isCanary = isCanaryName(name);
  switch (method) {
    case "GET":
      if (name === "public-key") return { which: "key", place };
      return { which: isCanary ? "canary-metadata" : "metadata", place, name };
    case "PUT":
      return { which: isCanary ? "canary" : "put", place, name };
    case "DELETE":
      return { which: "delete", place, name };
    default:
      return UNKNOWN;
  }
}

function decode(path: string): string[] | undefined {
  try {
    return path.slice(1).split("/").map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
