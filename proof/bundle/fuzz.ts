import { anyText, fc } from "../../harness/draws";
import type { Stage } from "../../sandbox/stage";
import type { StepRun } from "../../sandbox/runner";
import { playAll, type Case } from "./play";
import { sample, random, type Row } from "./row";

const PLAYS = { quick: 2, large: 60, whole: 200 } as const;

// What a workflow could be given by mistake, a file by accident, and an attacker on purpose.
const hostile = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "\n",
    "::set-output name=result::rotated",
    "##[error]fooled",
    "%0A::add-mask::x",
    "$(id)",
    "`id`",
    "../../etc/passwd",
    "%2e%2e%2f",
    "\u202e\u2066",
    "\ud83d\ude00".repeat(40),
    "__proto__",
    "true ",
    "90",
    "90 s",
    "1e9d",
    "NaN",
    "https://snaptrade.invalid/path?query#hash",
    "http://snaptrade.invalid",
    "NAME --env",
    "NAME --env ''\nNAME",
    "x".repeat(100_000),
  ),
  anyText({ maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 60 }),
);

const INPUTS = [
  "mode",
  "client-id",
  "consumer-key",
  "user-id",
  "user-secret",
  "save-to",
  "github-token",
  "create",
  "canary",
  "min-age",
  "export-env",
  "recovery-recipient",
  "reset-timeout",
  "save-timeout",
  "settle-time",
  "snaptrade-api-url",
] as const;

/** A variable of the environment ends at a zero, and the machine refuses lone surrogates there. */
function asVariable(text: string): string {
  return text.replaceAll("\0", "0").toWellFormed();
}

const badInput = fc.tuple(fc.constantFrom(...INPUTS), hostile).map(([name, value]): Case => ({
  of: `the input ${name} is ${JSON.stringify(value.slice(0, 80))}`,
  prepare: ({ inputs }) => ({ inputs: { ...inputs, [name]: asVariable(value) } }),
  // Where the secret in force may stand in the end.
  ...(name === "export-env" ? { inputs: { "export-env": asVariable(value) } } : {}),
  // Another secret than the one in force, or of another user, is rightly said to be dead.
  ...(name.startsWith("user-") ? { excused: /^false dead: / } : {}),
  alsoWrong: (run) => [...hasNoStack(run), ...namesWhatItRefuses(run, name)],
}));

// Neither ever says what could be true: whoever lies about that cannot be found out by anybody.
const garbage = fc.oneof(
  fc.json().map((body) => (body.startsWith("[") ? `{"in":${body}}` : body)),
  fc.constantFrom(
    "",
    "[",
    '{"detail":',
    "<html><body>Sorry</body></html>",
    '{"code":1083}',
    "null",
    '"live"',
    "\ufeff{}",
  ),
  anyText({ maxLength: 200 }),
);
const status = fc.integer({ min: 200, max: 599 });

const badProbe = fc
  .tuple(fc.constantFrom("before-reset", "after-reset"), status, garbage, fc.integer({ min: 1, max: 4 }))
  .map(([phase, code, body, times]): Case => ({
    of: `${times} probes ${phase} are answered with ${code} and ${JSON.stringify(body)}`,
    prepare: ({ snapTrade }) => {
      const drawn = { status: code, body, strays: "anywhere" } as const;
      snapTrade.faults.onProbe({
        phase: phase === "before-reset" ? phase : "after-reset",
        times,
        answer: () => drawn,
      });
      return {};
    },
    alsoWrong: hasNoStack,
  }));

const badReset = fc
  .tuple(fc.boolean(), fc.oneof(status.map(String), fc.constantFrom("99", "1000", "abc")), garbage, fc.boolean())
  .map(([happens, code, body, hasSecret]): Case => ({
    of: `the reset ${happens ? "happens" : "does not happen"} and is answered with ${code} and ${JSON.stringify(body)}${hasSecret ? " around the secret" : ""}`,
    prepare: ({ snapTrade }) => {
      snapTrade.faults.onReset({
        ...(happens ? {} : { commit: "never" }),
        answer: ({ newSecret }) => {
          const text = hasSecret && happens ? `${body}"userSecret":"${newSecret}"${body}` : body;
          return {
            raw: Buffer.from(`HTTP/1.1 ${code} Odd\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`),
          };
        },
      });
      return {};
    },
    alsoWrong: hasNoStack,
  }));

const REQUESTS = ["key", "metadata", "canary-metadata", "canary", "delete", "put"] as const;

const badGitHub = fc
  .tuple(
    fc.constantFrom(...REQUESTS),
    // With these GitHub would ask for minutes; named faults play them.
    status.filter((code) => code !== 403 && code !== 429),
    garbage,
    fc.dictionary(
      fc.constantFrom(
        "retry-after",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "x-accepted-github-permissions",
        "location",
      ),
      fc.constantFrom("0", "1", "-1", "soon", "environments=write", "http://127.0.0.1:1/"),
    ),
  )
  .map(([which, code, body, headers]): Case => ({
    of: `GitHub answers the first ${which} with ${code}, ${JSON.stringify(headers)} and ${JSON.stringify(body)}`,
    prepare: ({ github }: Stage) => {
      // What it says to have done, it has done.
      const applied = code < 300;
      const drawn = { kind: "answer", status: code, headers, body, applied, strays: "anywhere" } as const;
      github.faults.inject({ on: { which }, effect: drawn });
      return {};
    },
    allowed: which === "delete" ? { canaryLeft: true } : {},
    alsoWrong: hasNoStack,
  }));

/** Where a program was at fault it would show its bowels. */
function hasNoStack({ main, post }: StepRun): string[] {
  const all = `${main.stdout}${main.stderr}${main.summary}${post.stdout}${post.stderr}${post.summary}`;
  return /^ +at .+:\d+:\d+|node:internal|TypeError|RangeError|SyntaxError|internal-error/m.test(all)
    ? ["it shows where it broke"]
    : [];
}

function namesWhatItRefuses({ main }: StepRun, name: string): string[] {
  const [annotation] = main.annotations;
  const isRefusal = annotation !== undefined && /^Invalid (?:input|setting) /.test(annotation.message);
  return isRefusal && !annotation.message.includes(name) ? [`it refuses something else than ${name}`] : [];
}

export const fuzz: Row = {
  name: "Inputs and answers drawn at random",
  run: async (setting) => {
    const count = PLAYS[setting.share];
    const kinds = [badInput, badInput, badProbe, badReset, badGitHub];
    const each = Math.ceil(count / kinds.length);
    const cases = kinds.flatMap((kind, index) => fc.sample(kind, { numRuns: each, seed: setting.seed + index }));
    return await playAll(fuzz.name, sample(cases, count, random(setting.seed)), setting);
  },
};
