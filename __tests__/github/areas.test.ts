import type { paths } from "@octokit/openapi-types";
import { fc } from "../../harness/draws";
import { APPS, AREAS, areaOf, pathOf } from "../../src/github/areas";
import type { Scope } from "../../src/github/areas";

/** The folders of secrets in GitHub's own description: each has a key and takes PUT, GET and DELETE of a name. */
type Described = {
  [P in keyof paths]: P extends `${infer Folder}/{secret_name}`
    ? `${Folder}/public-key` extends keyof paths
      ? Folder
      : never
    : never;
}[keyof paths];

// GitHub's description, and with it the compiler, refuses a path that GitHub does not have.
const DESCRIBED = [
  "/repos/{owner}/{repo}/actions/secrets",
  "/repos/{owner}/{repo}/environments/{environment_name}/secrets",
  "/orgs/{org}/actions/secrets",
  "/repos/{owner}/{repo}/dependabot/secrets",
  "/orgs/{org}/dependabot/secrets",
  "/repos/{owner}/{repo}/codespaces/secrets",
  "/orgs/{org}/codespaces/secrets",
  "/repos/{owner}/{repo}/agents/secrets",
  "/orgs/{org}/agents/secrets",
] as const satisfies readonly Described[];

/** Nothing that GitHub describes for repositories and organizations is missing above. */
type Missing = Exclude<
  Extract<Described, `/repos/${string}/secrets` | `/orgs/${string}/secrets`>,
  (typeof DESCRIBED)[number]
>;
const nothingIsMissing: [Missing] extends [never] ? true : false = true;

test("the table of areas is GitHub's own", () => {
  const ours = AREAS.map(({ path }) =>
    path.replace("{environment}", "{environment_name}").replace("{organization}", "{org}"),
  );
  expect(ours.toSorted()).toEqual(DESCRIBED.toSorted());
  expect(nothingIsMissing).toBe(true);
});

test("each app and kind of scope has one area at most", () => {
  for (const app of APPS) {
    for (const scope of ["repository", "environment", "organization"] as const) {
      const found = AREAS.filter((area) => area.app === app && area.scope === scope);
      expect(found.length).toBe(scope === "environment" && app !== "actions" ? 0 : 1);
      expect(areaOf(app, scope)).toBe(found[0]);
    }
  }
});

test("an environment secret is the only one that a later job of the same run sees", () => {
  expect(AREAS.filter(({ visible }) => visible === "next-job").map(({ scope }) => scope)).toEqual(["environment"]);
});

describe("a path", () => {
  const name = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => !/^\.{1,2}$/.test(text));

  test("keeps every name in its own segment", () => {
    fc.assert(
      fc.property(name, name, name, (owner, repo, environment) => {
        const scopes: readonly Scope[] = [
          { kind: "repository", owner, repo },
          { kind: "environment", owner, repo, environment },
          { kind: "organization", organization: owner },
        ];
        for (const area of AREAS) {
          for (const scope of scopes.filter(({ kind }) => kind === area.scope)) {
            const path = pathOf(area, scope);
            expect(path).toMatch(/^[\w.~%/-]+$/);
            expect(path.split("/")).toHaveLength(area.path.split("/").length);
            expect(new URL(path, "https://host").pathname).toBe(path);
          }
        }
      }),
    );
  });
});
