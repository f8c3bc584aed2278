import type { Answer } from "../../src/github/answer";
import { findHiding } from "../../src/github/hiding";
import { parseSaveTo } from "../../src/inputs/save-to";
import type { Attempt } from "../../src/rotation/model";
import { answered, FakeGitHub } from "../support/fake-github";

const HERE = "octo-org/brokerage";
const WHERE = { owner: "octo-org", repo: "brokerage" };
const REPO = `/repos/${HERE}`;
const LIST = `GET ${REPO}/environments?per_page=10`;
const there = answered({ name: "NAME", updated_at: "2026-01-01T00:00:00Z" });

function environments(...names: readonly unknown[]): Attempt<Answer> {
  return answered({ total_count: names.length, environments: names.map((name) => ({ name })) });
}

/** What is found, in short, and what was asked. */
async function found(
  saveTo: string,
  answers: Readonly<Record<string, Attempt<Answer>>>,
  isWanted: (calls: number) => boolean = () => true,
): Promise<{ readonly hidden: readonly string[]; readonly asked: readonly string[] }> {
  const github = new FakeGitHub(answers);
  const hidden = await findHiding(
    { places: parseSaveTo(saveTo, HERE), repository: WHERE },
    {
      github,
      quote: (text) => (text.includes("secret-value") ? null : text),
      isWanted: () => isWanted(github.calls.length),
    },
  );
  return {
    hidden: hidden.map(({ label, by }) => `${label} by ${by}`),
    asked: github.calls.map(({ method, path }) => `${method} ${path}`),
  };
}

const OF_ORGANIZATION = "NAME (secret of organization octo-org)";
const OF_REPOSITORY = `NAME (secret of ${HERE})`;
const ofEnvironment = (name: string): string => `NAME (secret of environment ${name} in ${HERE})`;

describe("an organization's secret", () => {
  test("is hidden by the repository's of the same name", async () => {
    expect(await found("NAME --org octo-org", { [`GET ${REPO}/actions/secrets/NAME`]: there })).toEqual({
      hidden: [`${OF_ORGANIZATION} by ${OF_REPOSITORY}`],
      asked: [`GET ${REPO}/actions/secrets/NAME`, LIST],
    });
  });

  test("is hidden by an environment's of the same name, whatever the repository has", async () => {
    const production = `GET ${REPO}/environments/production/secrets/NAME`;
    expect(await found("NAME --org octo-org", { [LIST]: environments("production"), [production]: there })).toEqual({
      hidden: [`${OF_ORGANIZATION} by ${ofEnvironment("production")}`],
      asked: [`GET ${REPO}/actions/secrets/NAME`, LIST, production],
    });
  });

  test("is not hidden by an environment's that is saved too", async () => {
    const answers = { [LIST]: environments("production") };
    const { hidden, asked } = await found("NAME --org octo-org\nNAME --env production", answers);
    expect([hidden, asked]).toEqual([[], [`GET ${REPO}/actions/secrets/NAME`, LIST]]);
  });

  test("is not hidden by one that is saved too", async () => {
    const { hidden, asked } = await found("NAME --org octo-org\nname -R Octo-Org/Brokerage", {
      [LIST]: environments(),
    });
    expect([hidden, asked]).toEqual([[], [LIST]]);
  });
});

describe("a repository's secret", () => {
  const production = `GET ${REPO}/environments/production/secrets/NAME`;

  test("is hidden by an environment's of the same name", async () => {
    const answers = { [LIST]: environments("staging", "production"), [production]: there };
    expect(await found("NAME", answers)).toEqual({
      hidden: [`${OF_REPOSITORY} by ${ofEnvironment("production")}`],
      asked: [LIST, `GET ${REPO}/environments/staging/secrets/NAME`, production],
    });
  });

  test("is not hidden by one that is saved too", async () => {
    const answers = { [LIST]: environments("production"), [production]: there };
    expect(await found("NAME\nNAME --env Production", answers)).toEqual({ hidden: [], asked: [LIST] });
  });

  test("has ten environments looked at and no more", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `e${index}`);
    expect((await found("NAME", { [LIST]: environments(...names) })).asked).toHaveLength(11);
  });

  test("has no environment looked at whose name must not be printed, or is none", async () => {
    expect((await found("NAME", { [LIST]: environments("a-secret-value-b", 7, null) })).asked).toEqual([LIST]);
  });

  test.each<[string, Attempt<Answer>]>([
    ["no list", answered(null)],
    ["a list of nothing", answered({ total_count: 1 })],
    ["a list that is none", answered({ environments: "x" })],
  ])("is passed over in silence where GitHub gives %s", async (_, answer) => {
    expect(await found("NAME", { [LIST]: answer })).toEqual({ hidden: [], asked: [LIST] });
  });

  test("costs none of the last requests that the token may send", async () => {
    const listed = environments("production");
    if (!listed.ok) throw new Error("answered");
    const asked = async (remaining: number): Promise<number> => {
      const value = { ...listed.value, allowance: { remaining, resetAt: null } };
      return (await found("NAME", { [LIST]: { ok: true, value } })).asked.length;
    };
    expect([await asked(99), await asked(100)]).toEqual([1, 2]);
  });
});

test("several destinations are told together, and environments listed once", async () => {
  const answers = {
    [`GET ${REPO}/actions/secrets/NAME`]: there,
    [LIST]: environments("production"),
    [`GET ${REPO}/environments/production/secrets/OTHER`]: there,
    [`GET ${REPO}/environments/production/secrets/THIRD`]: there,
  };
  const { hidden, asked } = await found("NAME --org octo-org\nOTHER\nTHIRD", answers);
  expect(hidden).toHaveLength(3);
  expect(asked.filter((one) => one === LIST)).toHaveLength(1);
});

test.each([
  "NAME --env production",
  "NAME --repo octo-org/other",
  "NAME --app dependabot",
  "NAME --org octo-org --app codespaces",
])("%s is read by no workflow of this repository in another's place, so nothing is asked", async (line) => {
  expect(await found(line, {})).toEqual({ hidden: [], asked: [] });
});

test("what the token may not read is passed over in silence", async () => {
  const { hidden, asked } = await found("A --org octo-org\nB", {});
  expect([hidden, asked.length]).toEqual([[], 2]);
});

test("once it is not wanted any more no further request is made", async () => {
  const answers = { [LIST]: environments("a", "b", "c", "d", "e") };
  expect((await found("NAME", answers, () => false)).asked).toEqual([]);
  expect((await found("NAME", answers, (calls) => calls < 1)).asked).toEqual([LIST]);
});

test("each request is given what is left of three seconds", async () => {
  const github = new FakeGitHub({ [LIST]: environments("a") });
  const places = parseSaveTo("NAME", HERE);
  await findHiding({ places, repository: WHERE }, { github, quote: (text) => text, isWanted: () => true });
  const given = github.travels.map(({ timeoutMs = Infinity }) => timeoutMs);
  expect(given).toHaveLength(2);
  for (const ms of given) expect(ms).toBeLessThanOrEqual(3_000);
});
