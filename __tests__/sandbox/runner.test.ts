import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scanRun } from "../../sandbox/leaks";
import { type StepOptions, type StepRun, playStep } from "../../sandbox/runner";
import { parsePairs } from "../../sandbox/runner/files";
import { LineSplitter } from "../../sandbox/runner/lines";
import { fakeAction, removeFakeActions } from "../support/fake-action";

afterAll(removeFakeActions);

async function play(main: string, post?: string, options: Partial<StepOptions> = {}): Promise<StepRun> {
  const root = await fakeAction(main, post);
  return playStep({ root, node: process.execPath, inputs: {}, apiUrl: "http://127.0.0.1:1", ...options });
}

const PRINT_ENV = "console.log(JSON.stringify(process.env));";

function environmentOf(stdout: string): unknown {
  return JSON.parse(stdout);
}

/** A promise that is kept when a line of main's log says so. */
function whenSaid(text: string): { said: Promise<void>; onLine: (line: string) => void } {
  let keep: () => void = () => undefined;
  const said = new Promise<void>((resolve) => (keep = resolve));
  return { said, onLine: (line) => (line.includes(text) ? keep() : undefined) };
}

test("an output and a variable may have any name, also one that objects of JavaScript have already", async () => {
  const append = (file: string): string => `fs.appendFileSync(process.env.${file}, "__proto__=a value\\n");`;
  const run = await play(`import fs from "node:fs"; ${append("GITHUB_ENV")} ${append("GITHUB_OUTPUT")}`);
  for (const told of [run.main.exportedEnv, run.main.outputs])
    expect(Object.entries(told)).toEqual([["__proto__", "a value"]]);
});

describe("the environment of a step", () => {
  it("has the inputs as the runner names them, with the defaults of action.yml", async () => {
    const run = await play(PRINT_ENV, "", { inputs: { given: " as given\n" } });
    expect(environmentOf(run.main.stdout)).toMatchObject({
      INPUT_GIVEN: " as given\n",
      "INPUT_WITH-DEFAULT": "90s",
      INPUT_TWO_WORDS: "false",
      INPUT_NOTHING: "",
    });
  });

  it("has what GitHub says of the run, and of ours only what no program can do without", async () => {
    process.env["STRAY_VARIABLE"] = "stray";
    const run = await play(PRINT_ENV, "", { event: "schedule", runId: "7", runAttempt: "2", apiUrl: "https://x/api" });
    delete process.env["STRAY_VARIABLE"];
    const environment = environmentOf(run.main.stdout);
    expect(environment).not.toHaveProperty("STRAY_VARIABLE");
    expect(environment).toMatchObject({
      GITHUB_ACTIONS: "true",
      GITHUB_API_URL: "https://x/api",
      GITHUB_EVENT_NAME: "schedule",
      GITHUB_REPOSITORY: "octo-org/brokerage",
      GITHUB_RUN_ATTEMPT: "2",
      GITHUB_RUN_ID: "7",
    });
  });

  it("warns of an input that action.yml does not declare", async () => {
    const run = await play("", "", { inputs: { gven: "x" } });
    expect(run.main.annotations[0]?.message).toBe(
      "Unexpected input(s) 'gven', valid inputs are ['given', 'with-default', 'two words', 'nothing']",
    );
  });
});

describe("the files of a step", () => {
  const append = (kind: string, text: string): string =>
    `require("node:fs").appendFileSync(process.env.GITHUB_${kind}, ${JSON.stringify(text)});`;

  it("are read in both syntaxes", async () => {
    const run = await play(append("OUTPUT", "plain=a=b<<c\n\nlong<<END\none\n\nthree=3\nEND\nlast=\n"));
    expect(run.main.outputs).toEqual({ plain: "a=b<<c", long: "one\n\nthree=3", last: "" });
    expect(run.conclusion).toBe("success");
  });

  it("takes CRLF for the end of a line on Windows alone, and leaves it inside a value", () => {
    const text = "plain=a\r\nlong<<END\r\none\r\ntwo\n\r\nEND\r\n";
    expect(parsePairs(text, "win32")).toEqual({
      pairs: [
        ["plain", "a"],
        ["long", "one\r\ntwo\n"],
      ],
      error: undefined,
    });
    expect(parsePairs("plain=a\r\n", "linux").pairs).toEqual([["plain", "a\r"]]);
  });

  it("are read after the process was killed", async () => {
    const run = await play(
      `${append("STATE", "journal=/a/path\n")} process.kill(process.pid, "SIGKILL");`,
      "console.log(process.env.STATE_journal);",
    );
    expect(run.main).toMatchObject({ exitCode: null, signal: "SIGKILL", state: { journal: "/a/path" } });
    expect(run.post.log).toEqual(["/a/path"]);
    expect(run.conclusion).toBe("failure");
  });

  it("lose an entry that is half written, keep those before it, and fail the step", async () => {
    const run = await play(append("OUTPUT", "first=1\nsecond<<END\nhalf"));
    expect(run.main.outputs).toEqual({ first: "1" });
    expect(run.main.annotations.map((annotation) => annotation.message)).toEqual([
      "Unable to process file command 'output' successfully.",
      "Invalid value. Matching delimiter not found 'END'",
    ]);
    expect(run.main.exitCode).toBe(0);
    expect(run.conclusion).toBe("failure");
  });

  it("are fresh for post, whose outputs are not main's", async () => {
    const run = await play(append("OUTPUT", "result=main\n"), append("OUTPUT", "result=post\n"));
    expect(run.main.outputs).toEqual({ result: "main" });
    expect(run.post.outputs).toEqual({ result: "post" });
  });

  it("bring what main exports to post", async () => {
    const run = await play(append("ENV", "EXPORTED<<X\nvalue\nX\n"), "console.log(process.env.EXPORTED)");
    expect(run.main.exportedEnv).toEqual({ EXPORTED: "value" });
    expect(run.post.log).toEqual(["value"]);
  });

  it("give a summary that is masked line by line, and none where it is too long", async () => {
    const masked = await play(`console.log("::add-mask::hidden");${append("STEP_SUMMARY", "# a\nhidden b\n")}`);
    expect(masked.main.summary).toBe("# a\n*** b\n");
    const long = await play(
      `require("node:fs").writeFileSync(process.env.GITHUB_STEP_SUMMARY, "x".repeat(1024 * 1024 + 1))`,
    );
    expect(long.main.summary).toBe("");
    expect(long.main.annotations[0]?.message).toContain("up to a size of 1024k");
  });
});

describe("workflow commands", () => {
  it("make annotations, unescaped, and lines of the log", async () => {
    const run = await play(`
      console.log("::error title=A%3A b%2C c%25::100%25 of%0Atwo lines");
      console.log("  ::warning::indented");
      console.log("::notice file=x.ts,line=3::noted");
      console.log("text ::error::not at the start");
      console.log("::unknown::not a command");
    `);
    expect(run.main.annotations).toEqual([
      { level: "error", title: "A: b, c%", message: "100% of\ntwo lines" },
      { level: "warning", title: "", message: "indented" },
      { level: "notice", title: "", message: "noted" },
    ]);
    expect(run.main.log).toEqual([
      "##[error]100% of",
      "two lines",
      "##[warning]indented",
      "##[notice]noted",
      "text ::error::not at the start",
      "::unknown::not a command",
    ]);
  });

  it("are obeyed on stderr as well", async () => {
    const run = await play(`console.error("::error::from stderr")`);
    expect(run.main.annotations).toEqual([{ level: "error", title: "", message: "from stderr" }]);
  });

  it("make at most ten annotations of a kind, each of at most 4,096 characters", async () => {
    const run = await play(`
      for (let n = 0; n < 12; n += 1) console.log("::error::" + n);
      console.log("::warning::" + "x".repeat(5000));
    `);
    expect(run.main.annotations.filter((annotation) => annotation.level === "error")).toHaveLength(10);
    expect(run.main.annotations.at(-1)?.message).toHaveLength(4096);
    expect(run.main.log).toContain("##[error]11");
  });

  it("rest between stop-commands and its token", async () => {
    const run = await play(`
      console.log("::stop-commands::pause-1");
      console.log("::error::only text");
      console.log("::pause-1::");
      console.log("::error::meant");
    `);
    expect(run.main.annotations.map((annotation) => annotation.message)).toEqual(["meant"]);
    expect(run.main.log).toEqual(["::stop-commands::***", "::error::only text", "::***::", "##[error]meant"]);
  });

  it("show debug lines and the values of state only with step debugging", async () => {
    const main = `console.log("::debug::deep"); require("node:fs").appendFileSync(process.env.GITHUB_STATE, "a=b\\n");`;
    expect((await play(main)).main.log).toEqual([]);
    const debugged = await play(main, "", { debug: true });
    expect(debugged.main.log).toEqual(["##[debug]deep", "##[debug]Save intra-action state a = b"]);
  });
});

describe("masking", () => {
  it("begins with the command and leaves earlier lines alone", async () => {
    const run = await play(`
      console.log("early s3cret-value");
      console.log("::add-mask::s3cret-value");
      console.log("late s3cret-value!");
    `);
    expect(run.main.log).toEqual(["early s3cret-value", "late ***!"]);
    expect(run.masks).toEqual(["s3cret-value"]);
  });

  it("covers each line, base64, JSON, URI and XML forms, and neither hex nor base64url", async () => {
    const run = await play(`
      const value = 'li"ne <one>??\\nline two';
      console.log("::add-mask::" + value.replace("\\n", "%0A"));
      console.log(value);
      const first = value.split("\\n")[0];
      console.log(Buffer.from(first).toString("base64"));
      console.log(JSON.stringify(first));
      console.log(encodeURIComponent(first));
      console.log("li&quot;ne &lt;one&gt;??");
      console.log(Buffer.from(first).toString("hex"));
      console.log(Buffer.from(first).toString("base64url"));
    `);
    const first = Buffer.from('li"ne <one>??');
    expect(run.main.log).toEqual([
      "***",
      "***",
      "***",
      '"***"',
      "***",
      "***",
      first.toString("hex"),
      first.toString("base64url"),
    ]);
  });

  it("holds for annotations and post, and from the first line on for the job's secrets", async () => {
    const run = await play(
      `console.log("known"); console.log("::add-mask::later"); console.log("::error::later")`,
      `console.log("later")`,
      { secrets: ["known"] },
    );
    expect(run.main.log).toEqual(["***", "##[error]***"]);
    expect(run.main.annotations[0]?.message).toBe("***");
    expect(run.post.log).toEqual(["***"]);
  });
});

describe("lines", () => {
  it("end at LF, CRLF and a lone CR, wherever the chunks are cut", () => {
    const text = Buffer.from("one\ntwo\r\nthr\u00e9e\rfour\r\n\r\nend");
    for (let cut = 0; cut <= text.length; cut += 1) {
      const lines: string[] = [];
      const splitter = new LineSplitter((line) => lines.push(line));
      splitter.push(text.subarray(0, cut));
      splitter.push(text.subarray(cut));
      splitter.end();
      expect(lines).toEqual(["one", "two", "thr\u00e9e", "four", "", "end"]);
    }
  });
});

describe("a cancelled step", () => {
  const deaf = `
    for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => console.log(name));
    setInterval(() => {}, 1000);
    console.log("ready");`;

  it("gets SIGINT, SIGTERM and SIGKILL, and then its post", async () => {
    const { said, onLine } = whenSaid("ready");
    const cancel = { when: said, sigintMs: 500, sigtermMs: 2_000 };
    const run = await play(deaf, `console.log("post")`, { cancel, onLine });
    expect(run.main.log).toEqual(["ready", "SIGINT", "SIGTERM"]);
    expect(run.main.signal).toBe("SIGKILL");
    expect(run.main.ms).toBeGreaterThan(2_500);
    expect(run.post.log).toEqual(["post"]);
    expect(run.conclusion).toBe("cancelled");
  });

  it("stays cancelled when it exits with 0", async () => {
    const { said, onLine } = whenSaid("ready");
    const run = await play(
      `process.on("SIGINT", () => process.exit(0)); setInterval(() => {}, 1000); console.log("ready");`,
      "",
      { cancel: { when: said }, onLine },
    );
    expect(run.main).toMatchObject({ exitCode: 0, signal: null });
    expect(run.conclusion).toBe("cancelled");
  });

  it("is not cancelled when it was over before", async () => {
    expect((await play("", "", { cancel: { when: 60_000 } })).conclusion).toBe("success");
  });

  it("is signalled itself, whatever is wrapped around it", async () => {
    const { said, onLine } = whenSaid("ready");
    const run = await play(deaf, "", {
      wrap: ["/bin/sh", "-c", '"$@"; echo "wrapped $?"', "sh"],
      cancel: { when: said, sigintMs: 500, sigtermMs: 2_000 },
      onLine,
    });
    expect(run.main.log).toEqual(expect.arrayContaining(["ready", "SIGINT", "SIGTERM", "wrapped 137"]));
  });
});

describe("post", () => {
  it("runs whatever became of main, and cannot turn a red step green", async () => {
    const run = await play("process.exit(3)", `console.log("post")`);
    expect(run.main.exitCode).toBe(3);
    expect(run.post).toMatchObject({ ran: true, exitCode: 0, log: ["post"] });
    expect(run.conclusion).toBe("failure");
  });

  it("turns a green job red when it fails", async () => {
    expect((await play("", "process.exit(1)")).conclusion).toBe("failure");
  });

  it("gets its inputs evaluated anew", async () => {
    const print = "console.log(process.env.INPUT_GIVEN)";
    const run = await play(print, print, { inputs: { given: "then" }, postInputs: { given: "now" } });
    expect([...run.main.log, ...run.post.log]).toEqual(["then", "now"]);
  });

  it("runs after a SIGKILL at an instant of the test's, and sees what was done to the files meanwhile", async () => {
    const { said, onLine } = whenSaid("ready");
    const runnerTemp = await mkdtemp(join(tmpdir(), "runner-temp-"));
    const run = await play(
      `require("node:fs").writeFileSync(process.env.RUNNER_TEMP + "/journal", "kept"); setInterval(() => {}, 1000); console.log("ready");`,
      `console.log(require("node:fs").existsSync(process.env.RUNNER_TEMP + "/journal"))`,
      { kill: said, onLine, runnerTemp, beforePost: (between) => rm(join(between.runnerTemp, "journal")) },
    );
    await rm(runnerTemp, { recursive: true });
    expect(run.main.signal).toBe("SIGKILL");
    expect(run.main.left.map((file) => [file.place, file.name, file.content.toString()])).toEqual([
      ["RUNNER_TEMP", "journal", "kept"],
    ]);
    expect(run.post.log).toEqual(["false"]);
    expect(run.filesLeft).toEqual([]);
  });

  it("does not run when the runner itself is lost", async () => {
    expect((await play("", `console.log("post")`, { runnerLost: true })).post.ran).toBe(false);
  });
});

describe("a scanned run", () => {
  const secrets = { "new secret": "n3w-s3cret-value" };
  const places: readonly (readonly [where: string, main: string])[] = [
    ["stdout", `console.log("n3w-s3cret-value")`],
    ["stderr", `console.error("n3w-s3cret-value")`],
    ["outputs", `require("node:fs").appendFileSync(process.env.GITHUB_OUTPUT, "a=n3w-s3cret-value\\n")`],
    ["state", `require("node:fs").appendFileSync(process.env.GITHUB_STATE, "a=n3w-s3cret-value\\n")`],
    ["env", `require("node:fs").appendFileSync(process.env.GITHUB_ENV, "OTHER=n3w-s3cret-value\\n")`],
    ["summary", `require("node:fs").appendFileSync(process.env.GITHUB_STEP_SUMMARY, "n3w-s3cret-value\\n")`],
    [
      "RUNNER_TEMP/a/b",
      `const d = process.env.RUNNER_TEMP + "/a"; require("node:fs").mkdirSync(d); require("node:fs").writeFileSync(d + "/b", "n3w-s3cret-value")`,
    ],
    ["HOME/b", `require("node:fs").writeFileSync(process.env.HOME + "/b", "n3w-s3cret-value")`],
    ["TMPDIR/b", `require("node:fs").writeFileSync(require("node:os").tmpdir() + "/b", "n3w-s3cret-value")`],
    ["GITHUB_WORKSPACE/b", `require("node:fs").writeFileSync("b", "n3w-s3cret-value")`],
  ];

  it.each(places)("shows a secret in %s, of main and of post", async (where, script) => {
    const inMain = scanRun(await play(script), secrets);
    expect(inMain).toContainEqual({ where: `main ${where}`, secret: "new secret", form: "plain" });
    const inPost = scanRun(await play("", script), secrets);
    expect(inPost).toContainEqual({ where: `post ${where}`, secret: "new secret", form: "plain" });
  });

  it("shows none in a mask command, and in no log that was masked by it", async () => {
    const run = await play(`console.log("::add-mask::n3w-s3cret-value"); console.log("done")`);
    expect(scanRun(run, secrets)).toEqual([]);
  });

  it("allows the one variable that is meant to have it", async () => {
    const run = await play(
      `require("node:fs").appendFileSync(process.env.GITHUB_ENV, "A<<X\\nn3w-s3cret-value\\nX\\n")`,
    );
    expect(scanRun(run, secrets, { allowExportEnv: "A" })).toEqual([]);
    expect(scanRun(run, secrets, { allowExportEnv: "B" })).toHaveLength(1);
  });
});
