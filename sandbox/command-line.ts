import { parseArgs } from "node:util";
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
  | { readonly kind: "say"; readonly text: string; readonly exitCode: number };

const MODES = ["rotate", "check", "verify", "copy", "rescue", "finish"];

const HELP = `npm start plays one rotation between stand-ins for SnapTrade and GitHub on this machine. It runs the
action as GitHub's runner would, and proves from what the stand-ins hold what became of the secret.

  npm start                          a rotation on which nothing goes wrong
  npm start -- --fault NAME          a rotation during which this fault happens; may be given several times
  npm start -- --faults              the names of all faults, and what happens in each
  npm start -- --mode MODE           ${MODES.join(", ")}
  npm start -- --input NAME=VALUE    an input of the action; may be given several times
  npm start -- --node PATH           the Node that runs the action, if not this one
  npm start -- --debug               the log with step debugging
  npm start -- --help                this text

The exit code is the action's: 0 if it is green, 1 if it is red, 137 if it was killed. If the action is
green and the proof says otherwise, it is 1. A mistake on the command line gives 2.
`;

function mistake(text: string): Wish {
  return { kind: "say", text: `npm start: ${text} See npm start -- --help.\n`, exitCode: 2 };
}

function listOfFaults(): string {
  const groups = new Map<string, string[]>();
  for (const [name, fault] of faults) {
    const said = wrapped(`    ${fault.says}`, 100).map((line, index) =>
      index === 0 ? line : `    ${line.trimStart()}`,
    );
    groups.set(fault.of, [...(groups.get(fault.of) ?? []), `  ${name}`, ...said]);
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

function inputsOf(mode: string, pairs: readonly string[]): Record<string, string> | undefined {
  const inputs: Record<string, string> = mode === "rotate" ? {} : { mode };
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
      mode: { type: "string", default: "rotate" },
      node: { type: "string", default: process.execPath },
    },
  }).values;
}

/** Reads the command line. A mistake becomes one line that names it. */
export function parseCommandLine(args: readonly string[]): Wish {
  let values: ReturnType<typeof parsed>;
  try {
    values = parsed(args);
  } catch (error) {
    const [first = ""] = (error instanceof Error ? error.message : String(error)).split(". ");
    return mistake(`${first.replace(/\.$/, "")}.`);
  }
  if (values.help) return { kind: "say", text: HELP, exitCode: 0 };
  if (values.faults) return { kind: "say", text: listOfFaults(), exitCode: 0 };
  if (!MODES.includes(values.mode)) return mistake(`--mode is one of ${MODES.join(", ")}.`);
  const inputs = inputsOf(values.mode, values.input);
  if (inputs === undefined) return mistake("--input takes NAME=VALUE.");
  const stranger = values.fault.find((name) => !faults.has(name));
  if (stranger !== undefined) return mistake(`there is no fault named ${stranger}. ${similar(stranger)}`);
  const named = faultsFor(values.mode, values.fault).flatMap((name) => {
    const fault = faults.get(name);
    return fault === undefined ? [] : { ...fault, name };
  });
  return {
    kind: "play",
    fault: named.length === 0 ? undefined : together(named),
    inputs,
    node: values.node,
    debug: values.debug,
  };
}
