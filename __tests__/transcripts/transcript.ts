import type { Phase } from "../../sandbox/runner";
import type { Played } from "../../harness/play";
import { refuseSecrets, withPlaceholders } from "./placeholders";
import { requestLines } from "./requests";

/**
 * All that the world can see of a play, as text that is the same in every run.
 * @param says the first line
 */
export function transcriptOf(says: string, { stage, run }: Played, mainEndedAt: number): string {
  const secrets = stage.secrets();
  const nameOf = new Names(secrets);
  const text = [
    says,
    ...phaseLines("main", run.main, nameOf),
    ...phaseLines("post", run.post, nameOf),
    ...section("job", [run.conclusion, ...run.filesLeft.map((file) => `left behind: ${file}`)]),
    ...section(
      "requests of main",
      requestLines(stage, (at) => at <= mainEndedAt, run.main.signal === null ? "by itself" : "killed"),
    ),
    ...section(
      "requests of post",
      requestLines(stage, (at) => at > mainEndedAt),
    ),
    ...section("world", worldLines({ stage, run }, nameOf)),
    "",
  ].join("\n");
  refuseSecrets(text, secrets);
  return text;
}

/** What secrets are called where their values would stand. */
class Names {
  readonly #names: ReadonlyMap<string, string>;

  constructor(secrets: Readonly<Record<string, string>>) {
    // Where a value has two names, the older one counts.
    this.#names = new Map(
      Object.entries(secrets)
        .reverse()
        .map(([name, secret]) => [secret, name]),
    );
  }

  of(value: string | undefined): string {
    return value === undefined ? "nothing" : (this.#names.get(value) ?? "something else");
  }
}

/**
 * A line that follows itself stands once, since how often something is said again is a matter of speed. So is which of
 * several destinations answers its write check first.
 */
function section(title: string, lines: readonly string[]): readonly string[] {
  const text = inNoOrder(withPlaceholders(lines.join("\n")).split("\n"));
  const once = text.filter((line, index) => line === "" || line !== text[index - 1]);
  return lines.length === 0 ? [] : ["", `=== ${title}`, ...once];
}

/** What is said of several destinations at the same time. The first one saved is the primary. */
function inNoOrder(lines: readonly string[]): readonly string[] {
  const kindOf = (line: string): string =>
    /^Write check passed: |^Saved in (?!SNAPTRADE_USER_SECRET )/.exec(line)?.[0] ?? "";
  const runs: string[][] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    if (kindOf(line) !== "" && kindOf(line) === kindOf(last?.[0] ?? "")) last?.push(line);
    else runs.push([line]);
  }
  return runs.flatMap((run) => run.toSorted());
}

function phaseLines(name: string, phase: Phase, nameOf: Names): readonly string[] {
  if (!phase.ran) return section(name, ["did not run"]);
  const { exitCode, signal, stdout, log, annotations, summary, outputs, exportedEnv } = phase;
  const masks = [...stdout.matchAll(/^::add-mask::(.*)$/gm)].map(([, value = ""]) => nameOf.of(value));
  return [
    "",
    `=== ${name}: ${signal ?? `exit code ${String(exitCode)}`}`,
    ...section(`${name}: masks`, masks.length === 0 ? [] : [masks.join(", ")]),
    ...section(`${name}: log`, log),
    // Their messages stand in the log.
    ...section(
      `${name}: titles of annotations`,
      annotations.map(({ level, title }) => `${level}: ${title}`),
    ),
    ...section(`${name}: summary`, summary === "" ? [] : [summary.trimEnd()]),
    ...section(
      `${name}: outputs`,
      Object.entries(outputs).map(([key, value]) => `${key}=${key.endsWith("-ms") && value !== "" ? "<ms>" : value}`),
    ),
    ...section(
      `${name}: environment of later steps`,
      Object.entries(exportedEnv).map(([key, value]) => `${key}=<${nameOf.of(value)}>`),
    ),
  ];
}

function worldLines({ stage }: Played, nameOf: Names): readonly string[] {
  const { snapTrade, github, userId, destinations } = stage;
  return [
    `resets: ${snapTrade.resets}`,
    `SnapTrade accepts: ${nameOf.of(snapTrade.secretInForce(userId))}`,
    ...destinations.map(({ where, name }) => `${name} of ${where}: ${nameOf.of(github.plaintext(where, name))}`),
  ];
}
