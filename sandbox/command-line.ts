import { parseArgs } from "node:util";
import { EXAMPLES, type Example, type ResultName, resultUnder } from "./fault-results";
import { faults } from "./faults";
import { wrapped } from "./prose";
import { together, type Weather } from "./together";

/** What a person asked for. */
export type Wish =
  | {
      readonly kind: "play";
      readonly fault: Weather | undefined;
      readonly inputs: Readonly<Record<string, string>>;
      readonly node: string;
      readonly debug: boolean;
    }
  | {
      readonly kind: "serve";
      readonly fault: Weather | undefined;
      readonly inputs: Readonly<Record<string, string>>;
      readonly isJson: boolean;
    }
  | { readonly kind: "say"; readonly text: string; readonly exitCode: number };

/** What the command line is read against. */
export interface Surroundings {
  /** Names of the inputs in action.yml. */
  readonly inputNames: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Columns of the terminal. */
  readonly width: number;
}

/** What of the action's inputs the local fakes can be given alone: a user of this ID, and secrets in these places. */
const INPUTS_TO_SERVE = ["save-to", "user-id"];

const MODES = ["rotate", "check", "verify", "copy", "rescue", "finish"];
const RESULTS = Object.keys(EXAMPLES);

const HELP = `npm start plays one rotation on this machine, between local fakes of SnapTrade and GitHub. It runs the action as GitHub's runner would, and reads from the fakes what became of the secret.

  npm start                          a rotation in which nothing goes wrong
  npm start -- --fault NAME          a rotation with this fault; may be repeated
  npm start -- --faults              the names of all faults, what happens, and the result
  npm start -- --result RESULT       a run that ends with this result, such as unsaved
  npm start -- --mode MODE           ${MODES.join(", ")}
  npm start -- --input NAME=VALUE    an input of the action; may be repeated
  npm start -- --node PATH           the Node that runs the action, if not this one
  npm start -- --debug               the log with step debugging
  npm start -- --serve               only the local fakes, until Ctrl-C, for a client of your own
  npm start -- --serve --json        the same, with the addresses as one line of JSON
  npm start -- --help                this text

The exit code is the action's: 0 if it is green, 1 if it is red, 137 if it was killed. A mistake on the command line exits with 2.
`;

function mistake(text: string): Wish {
  return { kind: "say", text: `npm start: ${text} See npm start -- --help.\n`, exitCode: 2 };
}

function helpFor(width: number): string {
  const lines = HELP.split("\n").flatMap((line) => wrapped(line, width, line.startsWith("  ") ? COLUMN : 0));
  return lines.join("\n");
}

/** Where the explanations of the help begin. */
const COLUMN = 37;

function listOfFaults(width: number): string {
  const groups = new Map<string, string[]>();
  for (const [name, fault] of faults) {
    const said = wrapped(`    ${fault.says}`, width, 4);
    groups.set(fault.of, [...(groups.get(fault.of) ?? []), `  ${name}: ${resultUnder(name)}`, ...said]);
  }
  const texts = [...groups].map(([of, lines]) => `Faults of ${of}\n${lines.join("\n")}\n`);
  return texts.join("\n");
}

/** The names that have most to do with a mistyped one. */
function similar(name: string): string {
  const words = name.split("-");
  const scored = [...faults.keys()].map((known) => ({
    known,
    shared: words.filter((word) => known.split("-").includes(word)).length,
  }));
  const best = scored.filter(({ shared }) => shared > 0).sort((a, b) => b.shared - a.shared);
  const names = best.slice(0, 3).map(({ known }) => known);
  return names.length === 0 ? "npm start -- --faults lists them." : `Perhaps ${names.join(" or ")}?`;
}

/** There is something to finish only after a loss, which the faults of that mode bring about. */
function faultsFor(mode: string, given: readonly string[]): readonly string[] {
  const isToArrange = mode === "finish" && !given.some((name) => name.startsWith("finish-"));
  return isToArrange ? ["finish-completes", ...given] : given;
}

function pairsOf(pairs: readonly string[]): Record<string, string> | undefined {
  const inputs: Record<string, string> = {};
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals <= 0) return undefined;
    inputs[pair.slice(0, equals)] = pair.slice(equals + 1);
  }
  return inputs;
}

function parsed(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      debug: { type: "boolean", default: false },
      fault: { type: "string", multiple: true, default: [] },
      faults: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      input: { type: "string", multiple: true, default: [] },
      json: { type: "boolean", default: false },
      mode: { type: "string" },
      node: { type: "string", default: process.execPath },
      result: { type: "string" },
      serve: { type: "boolean", default: false },
    },
  }).values;
}

type Values = ReturnType<typeof parsed>;

/** Options that npm takes for its own settings where `--` is forgotten: it only leaves them in the environment. */
function keptByNpm(env: Surroundings["env"]): string | undefined {
  const own = ["fault", "faults", "input", "mode", "result", "serve"];
  return own.find((name) => env[`npm_config_${name}`] !== undefined);
}

function isResult(name: string): name is ResultName {
  return RESULTS.includes(name);
}

/** Everything that is wrong with the options themselves, as a sentence. */
function whatIsWrong(values: Values, inputs: Readonly<Record<string, string>> | undefined, known: readonly string[]) {
  const { mode = "rotate", result, fault } = values;
  if (!MODES.includes(mode)) return `--mode must be one of ${MODES.join(", ")}.`;
  if (result !== undefined && !isResult(result)) return `--result must be one of ${RESULTS.join(", ")}.`;
  if (result !== undefined && (values.mode !== undefined || fault.length > 0)) {
    return "--result chooses the mode and the fault itself, so neither can be given with it.";
  }
  if (inputs === undefined) return "--input must be NAME=VALUE.";
  const stray = Object.keys(inputs).find((name) => !known.includes(name.toLowerCase()));
  if (stray !== undefined) return `the action has no input '${stray}'. It has ${known.join(", ")}.`;
  const stranger = fault.find((name) => !faults.has(name));
  if (stranger !== undefined) return `there is no fault named ${stranger}. ${similar(stranger)}`;
  if (values.json && !values.serve) return "--json is only for --serve.";
  return values.serve ? whatCannotBeServed(values, Object.keys(inputs)) : undefined;
}

/** The local fakes alone play no run, so whatever is only for a run would be ignored. */
function whatCannotBeServed({ fault, mode, result }: Values, names: readonly string[]): string | undefined {
  const ofRun = fault.find((name) => faults.get(name)?.of === "the run");
  if (ofRun !== undefined) return `${ofRun} is a fault of a run, and with --serve there is none.`;
  const unused = names.find((name) => !INPUTS_TO_SERVE.includes(name));
  if (unused !== undefined) {
    return `--serve plays no run, and can use only the inputs ${INPUTS_TO_SERVE.join(" and ")}: leave out ${unused}.`;
  }
  return result === undefined && mode === undefined ? undefined : "--serve plays no run: leave out --mode.";
}

function weatherOf(names: readonly string[]): Weather | undefined {
  const named = names.flatMap((name) => {
    const fault = faults.get(name);
    return fault === undefined ? [] : { ...fault, name };
  });
  return named.length === 0 ? undefined : together(named);
}

/** Reads the command line. A mistake becomes one line that names it. */
export function parseCommandLine(args: readonly string[], { inputNames, env, width }: Surroundings): Wish {
  const kept = keptByNpm(env);
  if (kept !== undefined) {
    const value = env[`npm_config_${kept}`];
    const option = [`--${kept}`, value === "true" ? args.join(" ") : value].join(" ").trim();
    return mistake(`npm keeps --${kept} for itself unless -- comes before it: npm start -- ${option}.`);
  }
  let values: Values;
  try {
    values = parsed(args);
  } catch (error) {
    const [first = ""] = (error instanceof Error ? error.message : String(error)).split(". ");
    return mistake(`${first.replace(/\.$/, "")}.`);
  }
  if (values.help) return { kind: "say", text: helpFor(width), exitCode: 0 };
  if (values.faults) return { kind: "say", text: listOfFaults(width), exitCode: 0 };
  const given = pairsOf(values.input);
  const wrong = whatIsWrong(values, given, inputNames);
  if (wrong !== undefined) return mistake(wrong);
  if (values.serve) {
    return { kind: "serve", fault: weatherOf(values.fault), inputs: { ...given }, isJson: values.json };
  }
  const example: Example = values.result !== undefined && isResult(values.result) ? EXAMPLES[values.result] : {};
  const mode = values.mode ?? example.mode ?? "rotate";
  const names = example.fault === undefined ? values.fault : [example.fault];
  return {
    kind: "play",
    fault: weatherOf(faultsFor(mode, names)),
    inputs: { ...(mode === "rotate" ? {} : { mode }), ...example.inputs, ...given },
    node: values.node,
    debug: values.debug,
  };
}
