import { neighbourOf } from "../../sandbox/machine-faults/neighbours";
import { strayFileStands } from "../../sandbox/machine-faults/runner-files";
import { takerLives } from "../../sandbox/machine-faults/left-behind";
import { canChooseNumbers } from "../../sandbox/process-number";
import type { StepRun } from "../../sandbox/runner";
import { faultsOf } from "../expect-row";
import { must, type OutsideCase, type Told } from "../case";
import { piecesPrinted } from "../pieces";
import type { Row } from "../tables/row";

/** What one step that others can see ends as. */
const jobIs =
  (...conclusions: readonly StepRun["conclusion"][]) =>
  ({ run }: Told): string[] =>
    must(conclusions.includes(run.conclusion), `the job is ${run.conclusion}, not ${conclusions.join(" or ")}`);

const postExits =
  (code: number) =>
  ({ run }: Told): string[] =>
    must(run.post.exitCode === code, `post ended with ${String(run.post.exitCode)}`);

type Check = NonNullable<OutsideCase["check"]>;

const all =
  (...checks: readonly Check[]): Check =>
  async (told) => {
    const found: string[] = [];
    for (const check of checks) found.push(...(await check(told)));
    return found;
  };

const COMMAND = /gh api --method PUT/;

/** The command comes before anything that has to be waited for. */
const commandFirst = ({ run }: Told): string[] => {
  const at = run.post.log.findIndex((line) => COMMAND.test(line));
  const before = run.post.log.slice(0, Math.max(0, at));
  return [
    ...must(at >= 0, "post printed no command"),
    ...must(!before.some((line) => /Waiting|Reset|Asking/.test(line)), "something was waited for before the command"),
  ];
};

const KILLED = "killed before the save";

/** What post is given after a kill. */
const post: readonly OutsideCase[] = [
  ...["post-without-mode", "post-with-bare-timeout", "post-without-client-id", "post-with-nonsense"],
  ...["post-with-another-token", "post-with-another-destination", "post-with-its-keys-alone"],
  ...["post-with-the-parents-inputs", "post-without-state", "post-without-state-or-inputs"],
  ...["post-event-file-empty", "post-event-file-torn", "post-event-file-missing"],
]
  .map((fault): OutsideCase => ({ about: `${KILLED}: post finishes`, fault, check: jobIs("failure") }))
  .concat([
    { about: `${KILLED}: post can open nothing`, fault: "post-without-inputs", check: postExits(1) },
    { about: `${KILLED}: post can open nothing`, fault: "post-with-another-secret", check: postExits(1) },
    { about: `${KILLED}: the journal is gone`, fault: "post-temp-emptied", check: postExits(1) },
    { about: "killed early: post tidies up", fault: "killed-early-and-post-with-its-keys-alone" },
    { about: "killed early: nothing was announced", fault: "killed-early-and-post-without-inputs" },
    {
      about: `${KILLED}: a variable that has Node print secrets`,
      fault: "post-with-node-debug",
      says: [/NODE_DEBUG/, COMMAND],
      check: all(postExits(1), commandFirst),
    },
    {
      about: `${KILLED}: certificates are not checked`,
      fault: "post-without-certificates-checked",
      says: [/NODE_TLS_REJECT_UNAUTHORIZED/, COMMAND],
      check: all(postExits(1), commandFirst),
    },
    {
      about: `${KILLED}: nothing is right`,
      fault: "post-with-node-debug-and-its-keys-alone",
      says: [/NODE_DEBUG/, COMMAND],
      check: all(postExits(1), commandFirst),
    },
    { about: "killed after the save", fault: "killed-while-proving" },
    { about: "killed after the save, SnapTrade down", fault: "killed-while-proving-and-snaptrade-down" },
    { about: "killed after the reset, and the machine slept", fault: "killed-after-reset-and-clock-ahead" },
    { about: `${KILLED}: GitHub down`, fault: "post-while-github-is-down", check: all(postExits(1), commandFirst) },
    { about: `${KILLED}: and post too`, fault: "post-killed-while-its-save-stalls", says: [COMMAND] },
  ]);

/** Far more than it takes, and far less than post would wait for a main that lives. */
const WITHOUT_WAITING_MS = 60_000;

const doesNotWait = ({ run }: Told): string[] =>
  must(run.post.ms < WITHOUT_WAITING_MS, `post took ${Math.round(run.post.ms / 1_000)} s`);

const living: readonly OutsideCase[] = [
  { about: "its answer comes beside post", fault: "background-cancelled-at-reset", check: jobIs("success") },
  { about: "with the job", fault: "background-cancelled-with-the-job", check: jobIs("cancelled") },
  {
    about: "main dies before the answer",
    fault: "background-cancelled-and-never-answered",
    check: all(jobIs("failure"), postExits(1)),
  },
  { about: "the save stalls", fault: "background-cancelled-at-save", says: [COMMAND], check: jobIs("success") },
  { about: "before the reset", fault: "background-cancelled-before-reset", check: all(jobIs("failure"), postExits(1)) },
  { about: "unsaved in time", fault: "background-unsaved-in-time", check: all(jobIs("failure"), postExits(1)) },
  { about: "verify, red in time", fault: "background-verify-cancelled", check: all(jobIs("failure"), postExits(1)) },
  { about: "rotated in time", fault: "background-rotated-in-time", check: all(jobIs("success"), postExits(0)) },
  { about: "nobody is signalled", fault: "background-composite-cancelled-at-reset", check: jobIs("success") },
  { about: "nobody is signalled, the save stalls", fault: "background-composite-cancelled-at-save" },
  { about: "nobody is signalled, before the reset", fault: "background-composite-cancelled-before-reset" },
  { about: "no signal gets in", fault: "container-cancelled-at-reset", check: jobIs("cancelled") },
  { about: "no signal gets in, the save stalls", fault: "container-cancelled-at-save", says: [COMMAND] },
  { about: "no signal gets in, before the reset", fault: "container-cancelled-before-reset" },
  { about: "it announces after its state was read", fault: "container-announces-later", check: postExits(1) },
  { about: "all is well before post begins", fault: "container-main-ends-by-itself" },
  { about: "it is frozen", fault: "container-main-frozen", says: [COMMAND] },
  { about: "a zombie does not live", fault: "killed-and-unreaped", check: doesNotWait },
  { about: "a zombie hears no answer", fault: "killed-after-reset-and-unreaped", check: doesNotWait },
  {
    about: canChooseNumbers()
      ? "its number is another's"
      : "NOT RUN HERE, for nobody may choose a process number; a plain kill",
    fault: "process-number-taken",
    check: all(doesNotWait, ({ stage }) => must(takerLives(stage) === canChooseNumbers(), "the other was ended")),
  },
];

const ROTATED: Row = ["rotated", "main", 1, "saved"];
const BY_POST: Row = ["rotated", "post", 1, "saved"];

/** The second step's own world, in which its run has to be as right as the first one's in the other. */
const secondIs =
  (row: Row) =>
  async ({ stage, run }: Told): Promise<string[]> => {
    const [other, world] = [run.others[0], neighbourOf(stage)];
    if (other === undefined || world === undefined) return ["there was no second step"];
    // When its post has ended the first one's is still to come.
    const found = await faultsOf({ stage: world, run: other }, row, { filesLeft: true });
    return [...found, ...piecesPrinted(other, stage.secrets()), ...piecesPrinted(run, world.secrets())];
  };

const neighbours: readonly OutsideCase[] = [
  { about: "the first is killed", fault: "twice-in-one-composite", check: secondIs(ROTATED) },
  { about: "both are killed", fault: "twice-in-one-composite-and-both-killed", check: secondIs(BY_POST) },
  { about: "the first is killed", fault: "two-users-in-parallel", check: secondIs(ROTATED) },
  { about: "both are killed", fault: "two-users-in-parallel-and-both-killed", check: secondIs(BY_POST) },
  {
    about: "a later step has the same keys",
    fault: "killed-and-verified-afterwards",
    check: all(jobIs("failure"), ({ stage, run }) =>
      run.others.flatMap((other) => piecesPrinted(other, stage.secrets())),
    ),
  },
  {
    about: "both have the same keys",
    fault: "twice-in-one-composite-for-one-user",
    check: all(jobIs("failure"), ({ stage, run }) =>
      run.others.flatMap((other) => piecesPrinted(other, stage.secrets())),
    ),
  },
];

const mainExits =
  (code: number) =>
  ({ run }: Told): string[] =>
    must(run.main.exitCode === code, `main ended with ${String(run.main.exitCode)}`);

const files: readonly OutsideCase[] = [
  ...["state-variables-of-others", "state-journal-of-others", "state-announced-by-others"].map((fault) => ({
    about: "a stray variable",
    fault,
    check: all(mainExits(0), ({ stage }) =>
      must(strayFileStands(stage), "the file that a stray variable names is gone"),
    ),
  })),
  { about: "refused", fault: "output-is-a-folder", says: [/GITHUB_OUTPUT/], check: mainExits(1) },
  { about: "refused", fault: "state-is-a-folder", says: [/GITHUB_STATE/] },
  { about: "refused", fault: "env-is-a-folder", says: [/GITHUB_ENV/] },
  { about: "nobody needs it", fault: "env-is-a-folder-for-nobody" },
  { about: "the result knows of it", fault: "env-full-at-the-end", check: mainExits(1) },
  { about: "red, and saved", fault: "output-full-at-the-end", check: mainExits(1) },
  { about: "refused, and what to do", fault: "state-not-writable", says: [/GITHUB_STATE/, /\broot\b/] },
  ...["event-file-empty", "event-file-torn", "event-file-missing"].map((fault) => ({ about: "nobody asks", fault })),
  ...["fsync-einval", "fsync-enotsup"].map((fault) => ({ about: "goes on", fault })),
];

export const machine: readonly OutsideCase[] = [...post, ...living, ...neighbours, ...files];
