import { jest } from "@jest/globals";
import { type GitHubOptions, isCanaryOf } from "../../sandbox/github";
import type { StepRun } from "../../sandbox/runner";
import type { Stage } from "../../sandbox/stage";
import { inPool, resultOf, withPlayed } from "../../harness/play";
import type { Play, Played } from "../../harness/play";
import { judge } from "../../harness/judge";
import type { Form } from "../support/places";
import { FORMS } from "../support/places";
import { printedCommands, runCommand } from "../../harness/recovery";
import { shareOf } from "../../harness/share";

jest.setTimeout(300_000);

/** The primary of the plays in which the form is a copy. It is a place that no form leads to. */
const ELSEWHERE = "OTHER_SECRET --repo octo-org/elsewhere";
const NAME = "SNAPTRADE_USER_SECRET";

const isFirstOfItsKind = ({ area, line }: Form): boolean => FORMS.find((form) => form.area === area)?.line === line;

/** The happy run is played for every form; those that differ most are quick. */
const HAPPY = shareOf(FORMS, (form) => isFirstOfItsKind(form) && /^actions$/.test(form.area.app));
/** What can go wrong goes through the same lines for each form of an area. */
const PLACES = shareOf(FORMS.filter(isFirstOfItsKind), ({ line }) => line.includes("--env"));

interface Seen {
  readonly form: Form;
  readonly violations: readonly string[];
  readonly said: { readonly result: string; readonly rotated: string | undefined; readonly resets: number };
  readonly annotation: string;
  readonly summary: string;
  readonly writes: readonly string[];
}

/** Plays something for each form, some at a time, each on a stage of its own; `more` is asked while the stage still stands. */
async function playAll<T extends object>(
  playOf: (form: Form) => Play,
  more: (played: Played, form: Form) => T | Promise<T>,
  forms = PLACES,
): Promise<(Seen & T)[]> {
  return await inPool(forms, async (form) =>
    withPlayed({ aftermathMs: 0, ...playOf(form) }, async (played) => {
      const seen = { form, ...see(played), ...(await more(played, form)) };
      return { ...seen, violations: await judge(played.stage, played.run) };
    }),
  );
}

function see({ stage, run }: Played): Omit<Seen, "form" | "violations"> {
  const { result } = resultOf(run);
  return {
    said: { result, rotated: run.main.outputs["rotated"], resets: stage.snapTrade.resetRequests },
    annotation: annotationOf(run),
    summary: run.main.summary,
    writes: stage.github.writes.map(({ scope, name }) => `${isCanaryOf(NAME, name) ? "the canary" : name} of ${scope}`),
  };
}

function annotationOf(run: StepRun): string {
  return run.main.annotations.map(({ message }) => message).join("\n");
}

function onGitHub(options: Partial<GitHubOptions>, saveTo: string): Play {
  return { stage: { github: options, inputs: { "save-to": saveTo } } };
}

/** Every form that is not as it should be, by its line. */
function wrong<T extends Seen>(seen: readonly T[], isRight: (one: T) => boolean): string[] {
  return seen.filter((one) => !isRight(one)).map(({ form }) => form.line);
}

function violations(seen: readonly Seen[]): string[] {
  return seen.flatMap((one) => one.violations.map((violation) => `${one.form.line}: ${violation}`));
}

const nothing = (): object => ({});
const inForce = ({ snapTrade, userId }: Stage): string | undefined => snapTrade.secretInForce(userId);

test("every area of GitHub's has a form", () => {
  expect(FORMS.length).toBeGreaterThanOrEqual(11);
});

describe("every destination", () => {
  let seen: (Seen & { readonly held: string | undefined; readonly inForce: string | undefined })[];

  beforeAll(async () => {
    seen = await playAll(
      ({ line }) => onGitHub({}, line),
      ({ stage }, { where }) => ({ held: stage.github.plaintext(where, NAME), inForce: inForce(stage) }),
      HAPPY,
    );
  });

  test("holds the secret in force in the end", () => {
    expect(violations(seen)).toEqual([]);
    expect(wrong(seen, ({ said, held, inForce: wanted }) => said.result === "rotated" && held === wanted)).toEqual([]);
  });

  test("is proven by a canary beside it, which is gone, and written once under its own name", () => {
    const expected = ({ where }: Form): string[] => [`the canary of ${where}`, `${NAME} of ${where}`];
    expect(wrong(seen, ({ writes, form }) => writes.join() === expected(form).join())).toEqual([]);
  });

  test("says in the summary when the new value becomes visible", () => {
    const sentence = {
      "next-run": "read when a run is **queued**",
      "next-job": "read when a job **starts**",
      elsewhere: "Everything that starts from now on gets the new value",
    };
    expect(wrong(seen, ({ form, summary }) => summary.includes(sentence[form.area.visible]))).toEqual([]);
  });
});

describe("a token that may read but not write", () => {
  let seen: Seen[];

  beforeAll(async () => {
    seen = await playAll(({ line, permission }) => onGitHub({ permissions: { [permission]: "read" } }, line), nothing);
  });

  test("stops before the reset, with nothing changed", () => {
    expect(violations(seen)).toEqual([]);
    const expected = JSON.stringify({ result: "unchanged", rotated: "false", resets: 0 });
    expect(wrong(seen, ({ said, writes }) => JSON.stringify(said) === expected && writes.length === 0)).toEqual([]);
  });

  test("is told what it lacks, as GitHub's forms call it", () => {
    expect(wrong(seen, ({ annotation, form }) => annotation.includes(form.area.permission))).toEqual([]);
  });

  test("is told where to give it, in annotation and summary", () => {
    const where =
      /Settings, Developer settings, Personal access tokens of the account.*GitHub App: change its Permissions/;
    expect(wrong(seen, ({ annotation, summary }) => where.test(annotation) && where.test(summary))).toEqual([]);
  });
});

describe("a token that may not even read", () => {
  test("stops before the reset, and says what it lacks", async () => {
    const seen = await playAll(
      ({ line, permission }) => onGitHub({ permissions: { [permission]: "none" } }, line),
      nothing,
    );
    expect(violations(seen)).toEqual([]);
    const isRight = ({ said, annotation, form, writes }: Seen): boolean =>
      said.result === "unchanged" &&
      said.resets === 0 &&
      writes.length === 0 &&
      annotation.includes(form.area.permission);
    expect(wrong(seen, isRight)).toEqual([]);
  });
});

describe("the job's own GITHUB_TOKEN", () => {
  test("lacks the permission, and the run says that it always will, and what to use instead", async () => {
    const token = `ghs_${"a".repeat(516)}`;
    const seen = await playAll(
      ({ line, permission }) => ({
        stage: {
          github: { token, permissions: { [permission]: "read" } },
          inputs: { "save-to": line, "github-token": token },
        },
      }),
      nothing,
    );
    const isRight = ({ said, annotation }: Seen): boolean =>
      said.result === "unchanged" &&
      said.resets === 0 &&
      annotation.includes("The job's own GITHUB_TOKEN cannot write secrets") &&
      annotation.includes("use a fine-grained token or a GitHub App's token");
    expect(wrong(seen, isRight)).toEqual([]);
  });
});

describe("a place whose public key is missing", () => {
  test("stops before the reset, and names the destination", async () => {
    const seen = await playAll(
      ({ line, where }) => ({
        ...onGitHub({}, line),
        prepare: ({ github }) => {
          github.faults.inject({
            on: { which: "key", scope: where },
            effect: { kind: "bad-key", key: "missing" },
            times: "always",
          });
          return {};
        },
      }),
      nothing,
    );
    expect(violations(seen)).toEqual([]);
    const isRight = ({ said, annotation, writes }: Seen): boolean =>
      said.result === "unchanged" && said.resets === 0 && writes.length === 0 && annotation.includes(NAME);
    expect(wrong(seen, isRight)).toEqual([]);
  });
});

describe("a copy that fails", () => {
  let seen: (Seen & { readonly commands: number; readonly healed: boolean })[];

  beforeAll(async () => {
    seen = await playAll(
      ({ line, where }) => ({
        stage: { inputs: { "save-to": `${ELSEWHERE}\n${line}` } },
        prepare: ({ github }) => {
          const effect = { kind: "answer", status: 403, body: { message: "Resource not accessible" } } as const;
          github.faults.inject({ on: { which: "put", scope: where }, effect, times: "always" });
          return {};
        },
      }),
      async ({ stage, run }, { where }) => {
        const commands = printedCommands(run);
        stage.github.faults.clear();
        const before = stage.github.sharing(where, NAME);
        for (const command of commands) await runCommand(stage, command);
        const isSaved = stage.github.plaintext(where, NAME) === inForce(stage);
        const isSharedAsBefore = JSON.stringify(stage.github.sharing(where, NAME)) === JSON.stringify(before);
        stage.github.seed(where, NAME, stage.given);
        return { commands: commands.length, healed: isSaved && isSharedAsBefore };
      },
    );
  });

  test("leaves the new secret in the primary, and says partly-saved", () => {
    expect(violations(seen)).toEqual([]);
    expect(wrong(seen, ({ said }) => said.result === "partly-saved" && said.rotated === "true")).toEqual([]);
  });

  test("is finished by the one command of the summary", () => {
    expect(wrong(seen, ({ commands, healed }) => commands === 1 && healed)).toEqual([]);
  });
});
