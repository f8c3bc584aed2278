import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "../../src/text/secret";
import { canonical, queryFor, sign } from "../../src/snaptrade/sign";
import { parsed } from "../support/json";

interface Vector {
  readonly name: string;
  readonly clientId: string;
  readonly consumerKey: string;
  readonly timestamp: number;
  readonly method: string;
  readonly target: string;
  readonly body: string;
  readonly canonical: string;
  readonly signature: string;
}

/** Taken from the official SDK. */
function vectors(): readonly Vector[] {
  const text = readFileSync(join(import.meta.dirname, "../data/signature-vectors.json"), "utf8");
  return parsed<readonly Vector[]>(text);
}

function contentOf(body: string): Readonly<Record<string, string>> | null {
  if (body === "") return null;
  return parsed<Readonly<Record<string, string>>>(body);
}

describe.each(vectors())("the official SDK's vector: $name", (vector) => {
  const [path = "", query = ""] = vector.target.split("?");

  test("has our canonical form", () => {
    expect(canonical(path, query, contentOf(vector.body))).toBe(vector.canonical);
  });

  test("has our signature", () => {
    expect(sign(new Secret(vector.consumerKey), path, query, contentOf(vector.body))).toBe(vector.signature);
  });

  test("has our query", () => {
    const parameters = Object.fromEntries(
      [...new URLSearchParams(query)].filter(([name]) => name !== "clientId" && name !== "timestamp"),
    );
    expect(queryFor(vector.clientId, parameters, vector.timestamp * 1000 + 999)).toBe(query);
  });
});

test("there are vectors with and without a body, and with characters that have to be encoded", () => {
  expect(vectors().length).toBeGreaterThanOrEqual(7);
  expect(vectors().some(({ body }) => body === "")).toBe(true);
  expect(vectors().some(({ consumerKey }) => encodeURI(consumerKey) !== consumerKey)).toBe(true);
});

test("the order of the fields of a body changes nothing", () => {
  const key = new Secret("k");
  expect(sign(key, "/p", "q", { userSecret: "s", userId: "u" })).toBe(
    sign(key, "/p", "q", { userId: "u", userSecret: "s" }),
  );
});

test("another secret, path, query or key makes another signature", () => {
  const all = [
    sign(new Secret("k"), "/p", "q", { userSecret: "s" }),
    sign(new Secret("k2"), "/p", "q", { userSecret: "s" }),
    sign(new Secret("k"), "/p2", "q", { userSecret: "s" }),
    sign(new Secret("k"), "/p", "q2", { userSecret: "s" }),
    sign(new Secret("k"), "/p", "q", { userSecret: "s2" }),
    sign(new Secret("k"), "/p", "q", null),
  ];
  expect(new Set(all).size).toBe(all.length);
});
