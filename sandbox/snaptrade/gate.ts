import type { IncomingMessage } from "node:http";

import { canonicalForm, signatureOf } from "./signature";
import type { Reply } from "./wire";

/** A request taken apart. */
export interface Call {
  readonly route: Route;
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly parameters: ReadonlyMap<string, string>;
}

export type Route = "status" | "reset" | "authorizations" | "accounts" | "users" | "unknown";

/** Who may come in. */
export interface Client {
  readonly clientId: string;
  readonly consumerKey: string;
}

const ROUTES: Readonly<Record<string, Route>> = {
  "GET /": "status",
  "POST /snapTrade/resetUserSecret": "reset",
  "GET /authorizations": "authorizations",
  "GET /accounts": "accounts",
  "GET /snapTrade/listUsers": "users",
};

/** The query parameters of each route, all of them required. */
const PARAMETERS: Readonly<Record<Route, readonly string[]>> = {
  status: [],
  reset: ["clientId", "timestamp"],
  authorizations: ["clientId", "userId", "userSecret", "timestamp"],
  accounts: ["clientId", "userId", "userSecret", "timestamp"],
  users: ["clientId", "timestamp"],
  unknown: [],
};

const TIMESTAMP_TOLERANCE_SECONDS = 300;

/** How SnapTrade refuses a client id: three ways have been seen. */
export type ClientRefusal = "client-id" | "secret" | "signature";

/** An error as SnapTrade words it: the code is a string. */
export function errorReply(status: number, code: string, detail: string): Reply {
  return { status, body: JSON.stringify({ detail, status_code: status, code }) };
}

export const badSignature = (): Reply => errorReply(401, "1076", "Unable to verify signature sent");
export const badSecret = (detail = "Invalid userID or userSecret provided"): Reply => errorReply(401, "1083", detail);

/** @param clientId as it was sent, which one of the three ways repeats */
export function badClient(how: ClientRefusal, clientId: string): Reply {
  if (how === "signature") return badSignature();
  return how === "secret" ? badSecret() : errorReply(401, "1083", `Invalid clientId provided - ${clientId}`);
}

export const notFound = (): Reply => errorReply(404, "0000", "Not found.");
const invalid = (what: string): Reply => errorReply(400, "0000", `Unable to verify data sent: ${what}`);

export function splitUrl(url: string): { readonly path: string; readonly query: string } {
  const mark = url.indexOf("?");
  return mark < 0 ? { path: url, query: "" } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}

export function routeOf(method: string, path: string): Route {
  return ROUTES[`${method} ${path}`] ?? "unknown";
}

/** What is wrong with the form of a call, before its signature is looked at. */
export function malformed(call: Call, request: IncomingMessage): Reply | undefined {
  const names = [...new URLSearchParams(call.query).keys()];
  const known = PARAMETERS[call.route];
  const stray = names.find((name, index) => !known.includes(name) || names.indexOf(name) !== index);
  if (stray !== undefined) {
    return invalid(`the query parameter ${stray} is unknown or given twice`);
  }
  if (call.route !== "reset") {
    return call.body === "" ? undefined : invalid("a GET has no body");
  }
  if (!/^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? "")) {
    return errorReply(415, "0000", "Unsupported media type in request.");
  }
  return undefined;
}

/**
 * Whether the call is signed by the client: every parameter there in whatever order, the timestamp near the stand-in's
 * own clock, and the signature right for exactly the bytes that were sent.
 */
export function isSignedBy(client: Client, call: Call, request: IncomingMessage, nowMs: number): boolean {
  if (call.parameters.size !== PARAMETERS[call.route].length) {
    return false;
  }
  const timestamp = call.parameters.get("timestamp") ?? "";
  if (!/^\d+$/.test(timestamp) || Math.abs(Number(timestamp) - nowMs / 1000) > TIMESTAMP_TOLERANCE_SECONDS) {
    return false;
  }
  if (!isJson(call)) {
    return false;
  }
  const { path, query, body } = call;
  return request.headers["signature"] === signatureOf({ consumerKey: client.consumerKey, path, query, body });
}

/** The user and the secret of a reset's body, which has these two members and no other. */
export function resetBody(body: string): { readonly userId: string; readonly userSecret: string } | Reply {
  const content: unknown = JSON.parse(body);
  if (
    typeof content === "object" &&
    content !== null &&
    Object.keys(content).length === 2 &&
    "userId" in content &&
    "userSecret" in content &&
    typeof content.userId === "string" &&
    typeof content.userSecret === "string"
  ) {
    return { userId: content.userId, userSecret: content.userSecret };
  }
  return invalid("the body is an object of two strings, userId and userSecret");
}

function isJson({ path, query, body }: Call): boolean {
  try {
    canonicalForm({ path, query, body });
    return true;
  } catch {
    return false;
  }
}
