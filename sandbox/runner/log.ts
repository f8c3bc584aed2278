import { type Command, isUselessStopToken, parseCommand } from "./commands";
import { type CommandFiles, parsePairs } from "./files";
import type { Masker } from "./masker";

const ANNOTATIONS_PER_LEVEL_MAX = 10;
const ANNOTATION_LENGTH_MAX = 4096;
const SUMMARY_BYTES_MAX = 1024 * 1024;
const STOP_TOKEN_LENGTH_UNMASKED_MAX = 6;

export type Level = "error" | "warning" | "notice";

export interface Annotation {
  readonly level: Level;
  readonly title: string;
  readonly message: string;
}

/** What a phase has told the runner, through its streams or its files. */
export interface Told {
  readonly log: string[];
  readonly annotations: Annotation[];
  readonly outputs: Record<string, string>;
  readonly state: Record<string, string>;
  readonly exportedEnv: Record<string, string>;
  readonly addedPath: string[];
  summary: string;
  /** Whether a command or file was so wrong that the runner fails the step for it. */
  failed: boolean;
}

export interface LogOptions {
  readonly masker: Masker;
  /** Step debugging: `debug` commands and the values of state and outputs are shown. */
  readonly debug: boolean;
  readonly onLine?: ((line: string) => void) | undefined;
}

/** Interprets one phase's lines and files as GitHub's runner does, masking each line when it is written. */
export class StepLog {
  readonly told: Told = {
    log: [],
    annotations: [],
    outputs: {},
    state: {},
    exportedEnv: {},
    addedPath: [],
    summary: "",
    failed: false,
  };
  readonly #options: LogOptions;
  #stopToken: string | undefined;
  #echo = false;

  constructor(options: LogOptions) {
    this.#options = options;
  }

  /** One line of stdout or stderr: the runner obeys commands on both. */
  line(raw: string): void {
    const command = raw === "" ? undefined : parseCommand(raw, this.#stopToken);
    if (command === undefined) this.write(raw);
    else if (this.#stopToken !== undefined) this.#whileStopped(raw, command);
    else this.#obey(raw, command);
  }

  /** Writes to the log what the runner itself has to say, or a step's plain line. */
  write(text: string): void {
    for (const line of this.#options.masker.mask(text).split(/\r\n|\n|\r/)) {
      this.told.log.push(line);
      this.#options.onLine?.(line);
    }
  }

  annotate(level: Level, message: string, title = ""): void {
    const masked = this.#options.masker.mask(message);
    const sameLevel = this.told.annotations.filter((annotation) => annotation.level === level);
    if (sameLevel.length < ANNOTATIONS_PER_LEVEL_MAX) {
      this.told.annotations.push({ level, title, message: masked.slice(0, ANNOTATION_LENGTH_MAX) });
    }
    if (masked !== "") this.write(`##[${level}]${masked.slice(0, ANNOTATION_LENGTH_MAX)}`);
  }

  /** Reads what the process left in its files, in the runner's order. */
  files(files: CommandFiles): void {
    this.told.addedPath.push(...files.path.split(/\r?\n/).filter((line) => line !== ""));
    this.#pairs("env", files.env, (name, value) => {
      if (name.toUpperCase() === "NODE_OPTIONS") {
        this.annotate("error", "Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.");
        return;
      }
      put(this.told.exportedEnv, name, value);
      this.#debug(`${name}='${value}'`);
    });
    this.#summary(files.step_summary);
    this.#pairs("state", files.state, (name, value) => {
      put(this.told.state, name, value);
      this.#debug(`Save intra-action state ${name} = ${value}`);
    });
    this.#pairs("output", files.output, (name, value) => {
      put(this.told.outputs, name, value);
      this.#debug(`Set output ${name} = ${value}`);
    });
  }

  #whileStopped(raw: string, command: Command): void {
    this.write(raw);
    if (command.name === this.#stopToken?.toLowerCase()) this.#stopToken = undefined;
  }

  #obey(raw: string, command: Command): void {
    switch (command.name) {
      case "add-mask":
        this.#addMask(command.data);
        break;
      case "error":
      case "warning":
      case "notice":
        this.annotate(command.name, command.data, command.properties["title"]);
        break;
      case "debug":
        this.#debug(command.data);
        break;
      case "group":
        this.write(`##[group]${command.data}`);
        break;
      case "endgroup":
        this.write("##[endgroup]");
        break;
      case "stop-commands":
        this.#stop(raw, command.data);
        break;
      case "echo":
        this.#echo = command.data.trim().toLowerCase() === "on";
        break;
      case "set-output":
      case "save-state":
        this.#deprecated(raw, command);
        break;
      case "set-env":
      case "add-path":
        this.#refuse(command.name, `The \`${command.name}\` command is disabled.`);
        break;
      default:
        if (this.#echo) this.write(raw);
    }
  }

  #addMask(value: string): void {
    if (value.trim() === "") {
      this.annotate("warning", "Can't add secret mask for empty string in ##[add-mask] command.");
      return;
    }
    if (this.#echo) this.write("::add-mask::***");
    this.#options.masker.add(value);
  }

  #stop(raw: string, token: string): void {
    if (isUselessStopToken(token)) {
      this.#refuse("stop-commands", "Invoked ::stop-commands:: with a token that is empty or a command.");
      return;
    }
    this.#stopToken = token;
    if (token.length > STOP_TOKEN_LENGTH_UNMASKED_MAX) this.#options.masker.add(token);
    this.write(raw);
  }

  #deprecated(raw: string, command: Command): void {
    const name = command.properties["name"];
    if (name === undefined) {
      this.#refuse(command.name, `Required field 'name' is missing in ##[${command.name}] command.`);
      return;
    }
    if (this.#echo) this.write(raw);
    this.annotate("warning", `The \`${command.name}\` command is deprecated and will be disabled soon.`);
    put(command.name === "set-output" ? this.told.outputs : this.told.state, name, command.data);
  }

  #refuse(command: string, why: string): void {
    this.annotate("error", `Unable to process command '${command}' successfully.`);
    this.annotate("error", why);
    this.told.failed = true;
  }

  #debug(text: string): void {
    if (this.#options.debug) this.write(`##[debug]${text}`);
  }

  #pairs(context: string, text: string, take: (name: string, value: string) => void): void {
    const { pairs, error } = parsePairs(text);
    for (const [name, value] of pairs) take(name, value);
    if (error === undefined) return;
    this.annotate("error", `Unable to process file command '${context}' successfully.`);
    this.annotate("error", error);
    this.told.failed = true;
  }

  #summary(text: string): void {
    const bytes = Buffer.byteLength(text);
    if (bytes > SUMMARY_BYTES_MAX) {
      const [limit, size] = [SUMMARY_BYTES_MAX / 1024, Math.floor(bytes / 1024)];
      this.annotate(
        "error",
        `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of ${limit}k, got ${size}k.`,
      );
      return;
    }
    const lines = text.split(/\r\n|\n|\r/).map((line) => this.#options.masker.mask(line));
    this.told.summary = lines.join("\n");
  }
}

/** Whatever the name is: assigned, `__proto__` would be none of the record's own. */
function put(record: Record<string, string>, name: string, value: string): void {
  Object.defineProperty(record, name, { value, configurable: true, enumerable: true, writable: true });
}
