import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../harness/play";
import { PRODUCTION, setUp } from "../../harness/played-example";
import { readText } from "../../harness/workflow-files";
import { faults } from "../../sandbox/faults";
import { type Secrets, scan } from "../../sandbox/leaks";
import type { Stage } from "../../sandbox/stage";
import { type ActPlay, type ActRun, runByAct } from "./act";

export const NAME = "SNAPTRADE_USER_SECRET";

/** How a run differs from the usual one. */
export interface Different extends Partial<ActPlay> {
  /** The action's folder; the one that ships, if nothing is said. */
  readonly action?: string;
}

export interface ActStage {
  readonly stage: Stage;
  /** Plays a text that is made of an example. */
  play(text: string, different?: Different): Promise<ActRun>;
  /** Plays an example from its own file. */
  example(name: string, different?: Different): Promise<ActRun>;
}

/** Gives the tests of a group one copy of what ships, and each of them a stage of its own. */
export function actStage(act: string, begin: () => Promise<Stage> = setUp): ActStage {
  let shipped: Shipped | undefined;
  let current: Stage | undefined;
  beforeAll(async () => {
    shipped = await shippedAction();
  });
  afterAll(() => shipped?.remove());
  beforeEach(async () => {
    current = await begin();
  });
  afterEach(() => current?.close());
  const stageNow = (): Stage => {
    if (current === undefined) throw new Error("There is a stage only during a test.");
    return current;
  };
  const play = async (
    text: string,
    { action = shipped?.folder ?? "", ...different }: Different = {},
  ): Promise<ActRun> => await runByAct(act, actPlay(stageNow(), action, { text, ...different }));
  return {
    get stage() {
      return stageNow();
    },
    play,
    example: async (name, different) => await play(readText(`examples/${name}`), different),
  };
}

interface Shipped {
  readonly folder: string;
  readonly remove: () => Promise<void>;
}

/** What people get of the action: the two parts of it that ship. A test may put a mistake into its copy. */
export async function shippedAction(tamper: (folder: string) => unknown = () => undefined): Promise<Shipped> {
  const folder = await mkdtemp(join(tmpdir(), "shipped-"));
  for (const part of ["action.yml", "dist"]) await cp(join(ROOT, part), join(folder, part), { recursive: true });
  await tamper(folder);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Everything between the fakes, with the secrets and variables that scheduled.yml tells its reader to set. */
function actPlay(
  stage: Stage,
  action: string,
  { text, actions, secrets, vars, ...different }: Partial<ActPlay> & { readonly text: string },
): ActPlay {
  const { consumerKey, token, given, clientId, userId } = stage;
  return {
    text: adapted(text, stage.snapTrade.url),
    event: "schedule",
    repository: stage.repository,
    apiUrl: stage.github.url,
    actions: { [`OWNER/rotate-snaptrade-user-secret@${"0".repeat(40)}`]: action, ...actions },
    secrets: { SNAPTRADE_CONSUMER_KEY: consumerKey, SECRETS_TOKEN: token, [NAME]: given, ...secrets },
    vars: { SNAPTRADE_CLIENT_ID: clientId, SNAPTRADE_USER_ID: userId, ...vars },
    ...different,
  };
}

/** The example without the lines that it says an older server does not know, as act does not; and the fakes, with short waits. */
function adapted(text: string, snapTradeUrl: string): string {
  const added = { "snaptrade-api-url": snapTradeUrl, "settle-time": "300ms", "save-timeout": "2s" };
  return text
    .replaceAll(/^ *(?:deployment: false|queue: max|timezone: .*)\n/gmu, "")
    .replaceAll(/^( *)client-id: \$\{\{ vars\.SNAPTRADE_CLIENT_ID \}\}\n/gmu, (line, indent: string) =>
      [line, ...Object.entries(added).map(([name, value]) => `${indent}${name}: ${value}\n`)].join(""),
    );
}

/** What befalls the world, by the name of the fault, or GitHub stores nothing, whatever it is asked. */
export async function befall(stage: Stage, fault: string): Promise<Pick<ActPlay, "kill">> {
  if (fault === "GitHub out of order") {
    const effect = { kind: "answer", status: 500 } as const;
    stage.github.faults.inject({ on: { which: "put", scope: PRODUCTION, name: NAME }, effect, times: "always" });
    return {};
  }
  const named = faults.get(fault);
  if (named === undefined) throw new Error(`There is no fault ${fault}.`);
  const { kill } = await named.apply(stage);
  return kill === undefined ? {} : { kill };
}

/** What is so after a run, whatever the action says, and what act has made of it. */
export interface Seen {
  readonly exitCode: number | null;
  readonly jobs: Readonly<Record<string, string>>;
  /** Each result that act has read, and of which step: `rotated by Main`. */
  readonly results: readonly string[];
  /** Whether GitHub's box, opened, is the secret that SnapTrade accepts. */
  readonly isSaved: boolean;
  readonly resets: number;
  readonly leaks: readonly string[];
  /** Files that a run has left in RUNNER_TEMP, TMPDIR or HOME. */
  readonly left: readonly string[];
}

export const GREEN = { exitCode: 0, leaks: [], left: [] };
export const RED = { exitCode: 1, leaks: [], left: [] };

const LEAKED_PART_LENGTH_MIN = 8;

/** Reads from the fakes and from act what has become of a run. */
export function seen(stage: Stage, run: ActRun): Seen {
  const { github, snapTrade, userId } = stage;
  const { exitCode, jobs, phases, shown, left } = run;
  const secrets = { ...stage.secrets(), ...secretsOfAll(snapTrade) };
  const leaks = [
    ...scan("what act shows", shown, secrets, { partLengthMin: LEAKED_PART_LENGTH_MIN }),
    ...Object.entries(left).flatMap(([name, content]) => scan(name, content, secrets)),
  ];
  const results = phases.filter(({ outputs }) => outputs["result"] !== undefined);
  return {
    exitCode,
    jobs,
    results: results.map(({ outputs, stage: by }) => `${outputs["result"] ?? ""} by ${by}`),
    isSaved: github.plaintext(PRODUCTION, NAME) === snapTrade.secretInForce(userId),
    resets: snapTrade.resets,
    leaks: leaks.map(({ secret, where, form }) => `${secret} in ${where} as ${form}`),
    left: Object.keys(left).filter((name) => !/^cache\/\w+\/(?:act\/workflow|hostexecutor)\//u.test(name)),
  };
}

function secretsOfAll(snapTrade: Stage["snapTrade"]): Secrets {
  const named = snapTrade.userIds.flatMap((id) =>
    snapTrade.everInForce(id).map((one, n): [string, string] => [`secret ${n} of ${id}`, one]),
  );
  return Object.fromEntries(named);
}

/** The command that a person copies from the log. */
export function commandIn({ phases }: ActRun): string {
  const [command] = phases.flatMap(({ log }) => /^gh api .*$/mu.exec(log) ?? []);
  if (command === undefined) throw new Error("act shows no command.");
  return command;
}

/** What the steps print that are not ours. */
export function othersIn({ phases }: ActRun): string {
  return phases.map(({ step, log }) => (step.startsWith("OWNER/") ? "" : log)).join("");
}
