import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { serverError } from "../../sandbox/github/fault-effects";
import type { Stage, StageOptions } from "../../sandbox/stage";
import type { Later, StepChanges } from "../play";
import { at, folderFor, trapdoor } from "../circumstances";
import type { Scenario, Scenarios } from "./scenario";

const rotated = ["rotated", "main", 1, "saved"] as const;

function putFails({ github }: Stage, times: number | "always"): void {
  github.faults.inject({ on: { which: "put" }, effect: serverError(500), times });
}

/**
 * From the n-th write to the journal on each fails: 1 reserves its space, 2 and 3 rehearse (a made-up answer, and its
 * wiping), 4 notes the canaries, 5 and 6 announce the reset, 7 notes when it goes out, 8 keeps the answer.
 */
function journalFails(says: string, error: "ENOSPC" | "EIO" | "EROFS", when: string, row: Scenario["row"]): Scenario {
  const inject = `inject=pwrite64:error=${error}:when=${when}`;
  return {
    says,
    row,
    needs: "strace",
    play: { prepare: () => ({ wrap: ["strace", "-f", "-o", "/dev/null", "-e", "trace=pwrite64", "-e", inject] }) },
  };
}

/** At the first save a file of the runner's becomes one that nobody can write to. */
function runnerFileBreaks(stage: Stage, later: Later, kind: string): StepChanges {
  const runnerTemp = folderFor(later);
  at(stage, "put-arrived", () => {
    const folder = join(runnerTemp, "_runner_file_commands");
    const name = readdirSync(folder).find((one) => one.startsWith(`${kind}_`)) ?? "";
    rmSync(join(folder, name));
    mkdirSync(join(folder, name));
  });
  return { runnerTemp };
}

/** What befalls the keeping and the saving of the new secret. */
export const whileSaving: Scenarios = {
  "journal-full-from-the-start": journalFails("the disk is full when the journal is made", "ENOSPC", "1+", [
    "unchanged",
    "main",
    0,
    "saved",
  ]),
  "journal-full-at-rehearsal": journalFails(
    "the disk is full when a made-up answer is kept, although the space was reserved",
    "ENOSPC",
    "2+",
    ["unchanged", "main", 0, "saved"],
  ),
  "journal-read-only-at-canary": journalFails("the disk turns read-only before a canary is written", "EROFS", "4+", [
    "unchanged",
    "main",
    0,
    "saved",
  ]),
  "journal-read-only-at-announcement": journalFails(
    "the disk turns read-only before the reset is announced",
    "EROFS",
    "5+",
    ["unchanged", "main", 0, "saved"],
  ),
  "journal-full-at-answer": journalFails("the disk is full when the answer is to be kept", "ENOSPC", "8+", rotated),
  "journal-breaks-at-answer": journalFails("the disk fails when the answer is to be kept", "EIO", "8+", rotated),
  "snaptrade-down-and-save-fails-once": {
    says: "SnapTrade is down after the reset, and the first save gets a 500",
    row: ["saved-unverified", "main", 1, "saved"],
    play: {
      prepare: (stage) => {
        putFails(stage, 1);
        stage.snapTrade.on("reset-answered", () => stage.snapTrade.goDown());
        return {};
      },
    },
  },
  "snaptrade-down-and-save-fails": {
    says: "SnapTrade is down after the reset, and every save gets a 500",
    row: ["unsaved", "main", 1, "not saved"],
    play: {
      prepare: (stage) => {
        putFails(stage, "always");
        stage.snapTrade.on("reset-answered", () => stage.snapTrade.goDown());
        return {};
      },
    },
  },
  "overtaken-while-save-fails": {
    says: "the first save gets a 500, and meanwhile another run rotates and saves its own secret",
    row: ["unknown", "main", 1, "saved"],
    play: {
      prepare: (stage) => {
        putFails(stage, 1);
        at(stage, "put-arrived", () => {
          const theirs = stage.snapTrade.rotateBehindBack(stage.userId);
          for (const { where, name } of stage.destinations) stage.github.faults.humanWrites(where, name, theirs);
        });
        return {};
      },
    },
  },
  "copy-fails": {
    says: "every save of a copy gets a 403",
    row: ["partly-saved", "main", 1, "saved"],
    play: {
      stage: { inputs: { "save-to": "SNAPTRADE_USER_SECRET --env production\nA_COPY --env staging" } },
      prepare: ({ github }) => {
        const message = "Resource not accessible by personal access token";
        const effect = { kind: "answer", status: 403, body: { message } } as const;
        github.faults.inject({ on: { which: "put", name: "A_COPY" }, effect, times: "always" });
        return {};
      },
    },
  },
  "put-answered-through-a-proxy": {
    says: "GitHub's answers bear a header in an old character set, and one that calls the request deprecated",
    row: rotated,
    play: {
      prepare: ({ github }) => {
        const headers = {
          "x-passed-by": "J\u00fcrgen",
          deprecation: "@1688169599",
          sunset: "Sun, 30 Jun 2024 23:59:59 GMT",
        };
        const effect = { kind: "answer", applied: true, status: 204, headers } as const;
        github.faults.inject({ on: { which: ["put", "canary", "delete"] }, effect, times: "always" });
        return {};
      },
    },
  },
  "summary-file-breaks": {
    says: "the file for the job summary cannot be written",
    row: rotated,
    play: { prepare: (stage, later) => runnerFileBreaks(stage, later, "step_summary") },
  },
  "environment-file-breaks": {
    says: "the file for the environment of later steps cannot be written any more after the reset",
    row: ["saved-unverified", "main", 1, "saved"],
    play: {
      stage: { inputs: { "export-env": "SNAPTRADE_SECRET" } },
      prepare: (stage, later) => runnerFileBreaks(stage, later, "env"),
    },
  },
  "output-file-breaks": {
    says: "the file for the outputs cannot be written any more after the reset",
    row: ["", "nobody", 1, "saved"],
    allowed: { unheard: true },
    play: { prepare: (stage, later) => runnerFileBreaks(stage, later, "output") },
  },
  "nobody-listens": {
    says: "nobody reads the log any more from the reset on (EPIPE)",
    row: rotated,
    play: {
      prepare: (stage) => ({
        breakStdout: new Promise((resolve) => {
          at(stage, "reset-arrived", () => {
            resolve(undefined);
          });
        }),
      }),
    },
  },
  "nobody-listens-and-save-fails-once": {
    says: "nobody reads the log from the reset on (EPIPE), and the first save gets a 500",
    row: rotated,
    allowed: { unheard: true },
    play: {
      prepare: (stage) => {
        putFails(stage, 1);
        return {
          breakStdout: new Promise((resolve) => {
            at(stage, "reset-arrived", () => {
              resolve(undefined);
            });
          }),
        };
      },
    },
  },
  "error-at-reset": sprung("an error that nobody catches is thrown while the reset is under way", "reset-arrived", {
    text: "throw new RangeError('boom');",
  }),
  "rejection-at-save": sprung("a promise that nobody awaits is rejected while the save is under way", "put-arrived", {
    text: "Promise.reject(new RangeError('boom'));",
  }),
  "sighup-at-reset": sprung("the terminal goes away (SIGHUP) while the reset is under way", "reset-arrived", {
    text: "process.kill(process.pid, 'SIGHUP');",
  }),
  "sigquit-at-save": sprung("SIGQUIT comes while the save is under way", "put-arrived", {
    text: "process.kill(process.pid, 'SIGQUIT');",
  }),
  "engine-breaks-after-reset": sprung("something that cannot fail fails for ever after the reset", "reset-committed", {
    text: "performance.now = () => { throw new TypeError('broken'); };",
    row: ["unknown", "main", 1, "not saved"],
    allowed: { unheard: true, unfinished: true },
  }),
  "engine-breaks-once-after-reset": sprung("something that cannot fail fails once after the reset", "reset-committed", {
    inputs: { "export-env": "SNAPTRADE_SECRET" },
    text: `const { stringify } = JSON;
      JSON.stringify = (...given) => {
        if (given[0]?.stores === undefined && given[0]?.ending === undefined) return stringify(...given);
        JSON.stringify = stringify;
        throw new TypeError('broken');
      };`,
  }),
};

function sprung(
  says: string,
  when: Parameters<typeof at>[1],
  {
    text,
    row = rotated,
    inputs = {},
    allowed,
  }: Pick<Partial<Scenario>, "allowed" | "row"> & { readonly text: string; readonly inputs?: StageOptions["inputs"] },
): Scenario {
  return {
    says,
    row,
    ...(allowed && { allowed }),
    play: {
      stage: { inputs },
      prepare: (stage, later) => {
        const { step, spring } = trapdoor(later);
        at(stage, when, () => spring(text));
        return step;
      },
    },
  };
}
