import { anyText, fc } from "../../harness/draws";
import { pathOf } from "../../src/github/areas";
import { parseRepository } from "../../src/github/places";
import { parseSaveTo } from "../../src/inputs/save-to";
import { Refusal } from "../../src/rotation/refusal";
import { Secret } from "../../src/text/secret";

const HERE = "octo-org/brokerage";

/** The paths of the secrets that a `save-to` names. */
function paths(text: string): readonly string[] {
  return parseSaveTo(text, HERE).map(({ area, scope, name }) => `${pathOf(area, scope)}/${name}`);
}

/** The refusal of a `save-to`; fails where there is none. */
function refusal(text: string): { problem: string; expected: string; line?: number } {
  try {
    parseSaveTo(text, HERE);
  } catch (error) {
    if (error instanceof Refusal && error.reason.code === "refused-input") {
      expect(error.reason.input).toBe("save-to");
      return error.reason;
    }
    throw error;
  }
  throw new Error(`not refused: ${text}`);
}

function readOrRefused(text: string): readonly [paths: readonly string[], problem: string] {
  try {
    return [paths(text), ""];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return [[], refusal(text).problem];
  }
}

const REPO = `/repos/${HERE}`;

describe("one destination", () => {
  test.each([
    ["NAME", `${REPO}/actions/secrets/NAME`],
    ["  NAME\t", `${REPO}/actions/secrets/NAME`],
    ["name", `${REPO}/actions/secrets/NAME`],
    ["_N1", `${REPO}/actions/secrets/_N1`],
    ["NAME --env production", `${REPO}/environments/production/secrets/NAME`],
    ["NAME -e production", `${REPO}/environments/production/secrets/NAME`],
    ["NAME -eproduction", `${REPO}/environments/production/secrets/NAME`],
    ["NAME --env=production", `${REPO}/environments/production/secrets/NAME`],
    ["--env production NAME", `${REPO}/environments/production/secrets/NAME`],
    ["NAME --repo acme/infra --env staging", "/repos/acme/infra/environments/staging/secrets/NAME"],
    ["NAME -R acme/.github", "/repos/acme/.github/actions/secrets/NAME"],
    ["NAME --org acme", "/orgs/acme/actions/secrets/NAME"],
    ["NAME -o acme -a dependabot", "/orgs/acme/dependabot/secrets/NAME"],
    ["NAME --app actions", `${REPO}/actions/secrets/NAME`],
    ["NAME --app dependabot", `${REPO}/dependabot/secrets/NAME`],
    ["NAME --app codespaces --org acme", "/orgs/acme/codespaces/secrets/NAME"],
    ["NAME --app agents", `${REPO}/agents/secrets/NAME`],
    [`NAME --env 'my env'`, `${REPO}/environments/my%20env/secrets/NAME`],
    [`NAME --env "my env"`, `${REPO}/environments/my%20env/secrets/NAME`],
    [`NAME --env 'a/b'`, `${REPO}/environments/a%2Fb/secrets/NAME`],
    [`NAME --env 'a#b?c'`, `${REPO}/environments/a%23b%3Fc/secrets/NAME`],
    [`NAME --env a#b`, `${REPO}/environments/a%23b/secrets/NAME`],
    [`NAME --env 'größe-😀'`, `${REPO}/environments/gr%C3%B6%C3%9Fe-%F0%9F%98%80/secrets/NAME`],
    [`NAME --env '$HOME'`, `${REPO}/environments/%24HOME/secrets/NAME`],
    [`NAME --env "it's (it)"`, `${REPO}/environments/it%27s%20%28it%29/secrets/NAME`],
    [String.raw`NAME --env 'a\b'`, `${REPO}/environments/a%5Cb/secrets/NAME`],
    [String.raw`NAME --env "say \"x\""`, `${REPO}/environments/say%20%22x%22/secrets/NAME`],
    [`NAME --env '...'`, `${REPO}/environments/.../secrets/NAME`],
    ["NAME # the primary", `${REPO}/actions/secrets/NAME`],
    ["NAME # don't touch", `${REPO}/actions/secrets/NAME`],
    [`NAME # say "hello`, `${REPO}/actions/secrets/NAME`],
  ])("%s", (line, path) => {
    expect(paths(line)).toEqual([path]);
  });
});

describe("lines", () => {
  test("the first is the primary, comments and empty lines are passed over, however lines end", () => {
    const text = "\n# first\r\n  A\r\n\r  B --env x # 'tis\r\n\n   # last";
    expect(paths(text)).toEqual([`${REPO}/actions/secrets/A`, `${REPO}/environments/x/secrets/B`]);
  });

  test("a refusal names its line as an editor counts", () => {
    expect(refusal("A\n# x\n\nB --bogus 1").line).toBe(4);
  });

  test.each(["", "\n \n", "# only a comment", "  # don't"])("%j names no destination", (text) => {
    expect(refusal(text).problem).toBe("must contain a destination");
  });
});

describe("refused", () => {
  test.each<[string, string]>([
    ["1NAME", "invalid secret name"],
    ["GITHUB_TOKEN", "invalid secret name"],
    ["github_x", "invalid secret name"],
    ["MY-NAME", "invalid secret name"],
    ["NÄME", "invalid secret name"],
    ["../NAME", "invalid secret name"],
    ["a/../../b", "invalid secret name"],
    ["NAME%2e%2e", "invalid secret name"],
    ["%2e%2e", "invalid secret name"],
    [`''`, "invalid secret name"],
    ["NAME --env ${}", "with a meaning in a shell"],
    ["NAME --env user-${ vars.X }", "with a meaning in a shell"],
    ["NAME --env ${", "with a meaning in a shell"],
    ["NAME --env $X", "with a meaning in a shell"],
    [`'NA ME'`, "invalid secret name"],
    ["NAME OTHER", "more than one name"],
    ["--env production", "missing secret name"],
    ["NAME --visibility all", "flag"],
    ["NAME --env", "flag"],
    ["NAME -x", "flag"],
    ["NAME --env a --env b", "flag"],
    ["NAME -e a --env b", "flag"],
    ["NAME --no-store", "flag"],
    ["NAME --user", "flag"],
    ["NAME --env ''", "environment name"],
    ["NAME --env=", "environment name"],
    ["NAME --env ..", "environment name"],
    ["NAME --env .", "environment name"],
    ["NAME --env '../x'", "environment name"],
    [`NAME --env 'a\\..\\b'`, "environment name"],
    ["NAME --env '%2e%2e'", "environment name"],
    ["NAME --env 'a%2Fb'", "environment name"],
    [`NAME --env 'a\u0007b'`, "environment name"],
    [`NAME --env ${"e".repeat(256)}`, "environment name"],
    ["NAME --repo acme", "--repo"],
    ["NAME --repo acme/infra/x", "--repo"],
    ["NAME --repo acme/..", "--repo"],
    ["NAME --repo ../infra", "--repo"],
    ["NAME --repo github.com/acme/infra", "--repo"],
    ["NAME --repo https://github.com/acme/infra", "--repo"],
    ["NAME --repo 'acme/in fra'", "--repo"],
    ["NAME --repo acme%2Fx/infra", "--repo"],
    ["NAME --org ..", "organization"],
    ["NAME --org 'a/b'", "organization"],
    ["NAME --org acme --env production", "--org together"],
    ["NAME --org acme --repo acme/infra", "--org together"],
    ["NAME --app Actions", "unknown --app"],
    ["NAME --app copilot", "unknown --app"],
    ["NAME --env production --app dependabot", "GitHub has no "],
    ["NAME --env production --app codespaces", "GitHub has no "],
    [String.raw`NAME\nCOPY`, "backslash outside quotes"],
    [String.raw`NAME --env my\ env`, "backslash outside quotes"],
    [String.raw`NAME --env 'it'\''s'`, "backslash outside quotes"],
    [String.raw`NAME # the primary\nCOPY --env production`, "backslash outside quotes"],
    [String.raw`NAME # don't\nCOPY --env 'x'`, "backslash outside quotes"],
    ["NAME --env 'open", "missing closing quote"],
    [`NAME --env "open`, "missing closing quote"],
    ["NAME --env a'b # x", "missing closing quote"],
    ["NAME --env $HOME", "with a meaning in a shell"],
    ["NAME --env a*", "with a meaning in a shell"],
    ["NAME; rm -rf", "with a meaning in a shell"],
    ["NAME | cat", "with a meaning in a shell"],
    ["NAME > x", "with a meaning in a shell"],
  ])("%s", (line, problem) => {
    const refused = refusal(`FIRST\n${line}`);
    expect(refused.problem).toContain(problem);
    expect(refused.line).toBe(2);
    expect(refused.expected).not.toBe("");
  });

  test.each([
    ["A", "A"],
    ["A", "a"],
    ["A", `A --repo ${HERE}`],
    ["A", `A --repo Octo-Org/BROKERAGE`],
    ["A", "A --app actions"],
    ["A --env Prod", "A --env prod"],
    ["A --org acme", "a -o ACME"],
  ])("the same destination twice: %s and %s", (one, other) => {
    expect(refusal(`${one}\n${other}`)).toMatchObject({ problem: "same destination as in another line", line: 2 });
  });

  test.each(["A_CANARY_0123456789ABCDEF", "a_canary_0123456789abcdef --env x"])(
    "what a canary is called: %s",
    (line) => {
      expect(refusal(line).problem).toContain("a write check has such a name");
    },
  );

  test.each([
    ["A", "A --env x"],
    ["A", "A --app dependabot"],
    ["A", "A_CANARY --env x"],
    ["A --env x", "A --env y"],
    ["A", "A --org octo-org"],
    ["A --repo o/a", "A --repo o/b"],
    ["A", "A_CANARY"],
    ["A", "A_CANARY_20251101"],
  ])("but not %s and %s, which are two", (one, other) => {
    expect(parseSaveTo(`${one}\n${other}`, HERE)).toHaveLength(2);
  });
});

describe("the value of a secret input in save-to", () => {
  const hidden = [{ input: "user-secret", value: new Secret("7d3e-Secret_Value\n") }];

  /** The refusal of a `save-to` in which a secret stands. */
  function refused(text: string): { problem: string; line?: number } {
    try {
      parseSaveTo(text, HERE, hidden);
    } catch (error) {
      if (error instanceof Refusal && error.reason.code === "refused-input") return error.reason;
      throw error;
    }
    throw new Error(`not refused: ${text}`);
  }

  test.each([
    "7d3e-Secret_Value",
    "A_7D3E-SECRET_VALUE_B",
    "NAME --env '7d3e-secret_value'",
    "NAME --repo o/x7d3e-secret_valuex",
    "NAME --org 7d3e-'Secret'_Value",
    "NAME # 7d3e-Secret_Value",
    `NAME --bogus "7d3e-Secret_Value`,
  ])("is refused with its line, whatever else is wrong, and not printed: %s", (line) => {
    const { problem, line: at } = refused(`FIRST\n${line}`);
    expect([problem, at]).toEqual(["must not contain the value of user-secret", 2]);
  });

  test("is refused too where it has several lines itself", () => {
    const value = new Secret("first-line\nsecond-line");
    const given = [{ input: "consumer-key", value }];
    expect(() => parseSaveTo("A\nfirst-line\nsecond-line", HERE, given)).toThrow(Refusal);
  });

  test("is refused where the repository that is filled in has it", () => {
    const value = new Secret("brokerage");
    expect(() => parseSaveTo("NAME", HERE, [{ input: "user-secret", value }])).toThrow(Refusal);
    expect(parseSaveTo("NAME --repo acme/infra", HERE, [{ input: "user-secret", value }])).toHaveLength(1);
  });

  test("is not seen in names that have a part of it", () => {
    expect(parseSaveTo("Secret_Value --env 7d3e", HERE, hidden)).toHaveLength(1);
  });
});

describe("an old owner's name may begin with a hyphen", () => {
  test.each([
    ["NAME --org -ACE-", "/orgs/-ACE-/actions/secrets/NAME"],
    ["NAME --org=-ACE-", "/orgs/-ACE-/actions/secrets/NAME"],
    ["-o -ACE- NAME", "/orgs/-ACE-/actions/secrets/NAME"],
    ["NAME -R -ACE-/infra --env x", "/repos/-ACE-/infra/environments/x/secrets/NAME"],
  ])("%s", (line, path) => {
    expect(paths(line)).toEqual([path]);
  });

  test.each(["NAME --org --app dependabot", "NAME --org -a dependabot", "NAME --env -e x"])(
    "but %s lacks a value",
    (line) => {
      expect(refusal(line).problem).toContain("flag");
    },
  );
});

describe("whatever save-to holds", () => {
  const word = fc.oneof(
    fc.constantFrom(
      "NAME",
      "--env",
      "-e",
      "--repo",
      "--org",
      "--app",
      "o/r",
      "..",
      "#",
      "'",
      '"',
      "\\",
      "\n",
      "=",
      "$X",
      "dependabot",
    ),
    anyText({ maxLength: 8 }),
  );

  test("it is read or refused, and no path leaves its segment", () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), fc.constantFrom(" ", ""), (words, between) => {
        const text = words.join(between);
        const [read, problem] = readOrRefused(text);
        for (const path of read) {
          expect(path).toMatch(
            /^\/(repos\/[\w.-]+\/[\w.-]+|orgs\/[\w-]+)(\/environments\/[\w.~%-]+|\/\w+)\/secrets\/[A-Z_][A-Z0-9_]*$/,
          );
          expect(new URL(path, "https://host").pathname).toBe(path);
        }
        expect(problem).not.toContain("\n");
      }),
      { numRuns: 3_000 },
    );
  });

  test("an environment's name comes back from its path, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }), (environment) => {
        const quoted = `'${environment.replaceAll("'", `'"'"'`)}'`;
        const [read] = readOrRefused(`NAME --env=${quoted}`);
        const names = read.map((path) => decodeURIComponent(path.split("/")[5] ?? ""));
        expect(names.filter((name) => name !== environment)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });
});

test.each([
  ["o/r", { owner: "o", repo: "r" }],
  ["o", null],
  ["", null],
  ["o/", null],
  ["/r", null],
  ["-ACE-/r", { owner: "-ACE-", repo: "r" }],
  ["o/r/", null],
  ["o/.", null],
])("the repository %j", (text, parts) => {
  expect(parseRepository(text)).toEqual(parts);
});
