import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Refusal } from "../../src/rotation/refusal";
import { refuseCause, refuseEvents, refuseSettings } from "../../src/inputs/runner-env";
import { VirtualClock } from "../support/virtual-clock";

/** What is refused and in which words; fails where nothing is. */
function refusal(act: () => void): { about: string; words: string } {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal && error.reason.code === "refused-setting") {
      return { about: error.reason.setting, words: `${error.reason.problem}. ${error.reason.expected}` };
    }
    throw error;
  }
  throw new Error("not refused");
}

const TRUSTED = ["schedule", "workflow_dispatch", "repository_dispatch", "push", "release", "deployment"];
const STRANGERS = [
  "pull_request",
  "pull_request_target",
  "issue_comment",
  "issues",
  "fork",
  "merge_group",
  "Schedule",
  "",
];

describe("events", () => {
  test.each([...TRUSTED, "workflow_run"])("%s is accepted", (event) => {
    expect(() => refuseEvents({ GITHUB_EVENT_NAME: event }, "rotate")).not.toThrow();
  });

  test.each([...STRANGERS, undefined])("%s is refused by name", (event) => {
    const { about, words } = refusal(() => refuseEvents({ GITHUB_EVENT_NAME: event }, "rotate"));
    expect(about).toBe("GITHUB_EVENT_NAME");
    expect(words).toContain(JSON.stringify(event ?? ""));
  });

  test.each(["rescue", "finish"])("mode: %s is started by a person, and by nothing else", (mode) => {
    expect(() => refuseEvents({ GITHUB_EVENT_NAME: "workflow_dispatch" }, mode)).not.toThrow();
    for (const event of [...TRUSTED.filter((one) => one !== "workflow_dispatch"), "workflow_run"]) {
      const { about, words } = refusal(() => refuseEvents({ GITHUB_EVENT_NAME: event }, mode));
      expect([about, words]).toEqual(["GITHUB_EVENT_NAME", expect.stringContaining(`mode: ${mode}`)]);
    }
  });
});

describe("workflow_run", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "event-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const repository = { full_name: "octo-org/brokerage" };
  const follows = (event: unknown, head: unknown): object => ({
    repository,
    workflow_run: { event, head_repository: head },
  });

  /** Resolves where it is not refused. */
  async function judge(event: object | string): Promise<void> {
    const path = join(folder, "event.json");
    writeFileSync(path, typeof event === "string" ? event : JSON.stringify(event));
    await refuseCause({ GITHUB_EVENT_NAME: "workflow_run", GITHUB_EVENT_PATH: path }, new VirtualClock());
  }

  test.each(["push", "schedule", "workflow_dispatch"])("after %s of this repository is accepted", async (event) => {
    await expect(judge(follows(event, repository))).resolves.toBeUndefined();
    await expect(judge(follows(event, { full_name: "Octo-Org/Brokerage" }))).resolves.toBeUndefined();
  });

  test.each<[string, object | string]>([
    ["a fork's commit", follows("push", { full_name: "stranger/brokerage" })],
    ["a commit of nobody", follows("push", null)],
    ["a pull request", follows("pull_request", repository)],
    ["a run that followed another", follows("workflow_run", repository)],
    ["no known event", follows(undefined, repository)],
    ["nothing", { repository }],
    ["no repository at all", {}],
    ["a file that is empty", ""],
    ["a file that is torn", '{"repository":{"full_na'],
    ["a list", "[]"],
  ])("that follows %s is refused", async (_, event) => {
    await expect(judge(event)).rejects.toThrow(Refusal);
  });

  test("without the event's file is refused", async () => {
    await expect(refuseCause({ GITHUB_EVENT_NAME: "workflow_run" }, new VirtualClock())).rejects.toThrow(Refusal);
  });

  test("is the one event whose file is looked at", async () => {
    for (const event of TRUSTED) {
      const env = { GITHUB_EVENT_NAME: event, GITHUB_EVENT_PATH: join(folder, "nowhere") };
      await expect(refuseCause(env, new VirtualClock())).resolves.toBeUndefined();
    }
  });
});

describe("NODE_OPTIONS", () => {
  test.each([
    "",
    "  ",
    "--max-old-space-size=4096",
    "--max_old_space_size=4096 --no_warnings",
    "--max-semi-space-size=64",
    "--disable-warning=DEP0040\t--no-deprecation",
    "--openssl-legacy-provider --use-system-ca --use-openssl-ca --use-bundled-ca",
    "--dns-result-order=ipv4first",
    "--network-family-autoselection --network-family-autoselection-attempt-timeout=500",
    "--enable-source-maps",
  ])("%j is fine", (options) => {
    expect(() => refuseSettings({ NODE_OPTIONS: options })).not.toThrow();
  });

  test.each<[string, string]>([
    ["--inspect", "--inspect"],
    ["--inspect-brk=0.0.0.0:9229", "--inspect-brk"],
    ["--max-old-space-size=10 --inspect_brk", "--inspect_brk"],
    ["--report-on-signal", "--report-on-signal"],
    ["--trace-event-categories=node.http", "--trace-event-categories"],
    ["--tls-keylog=/hidden/file", "--tls-keylog"],
    ["--require /hidden/file", "--require"],
    ["-r /hidden/file", "-r"],
    ["--import=data:text/javascript,hidden", "--import"],
    ["--no-network-family-autoselection", "--no-network-family-autoselection"],
    ["--max-old-space-size-x=1", "--max-old-space-size-x"],
    ["--dns-result-order hidden", "a value apart from its option"],
    ["--no-warnings\u00a0--inspect", "--inspect"],
    ['--tls-"keylog=hidden"', "a quote or a backslash"],
    [String.raw`--tls\-keylog=hidden`, "a quote or a backslash"],
    ["--title='hidden'", "a quote or a backslash"],
  ])("%s is refused, named without its value", (options, named) => {
    const { about, words } = refusal(() => refuseSettings({ NODE_OPTIONS: options }));
    expect(about).toBe("NODE_OPTIONS");
    expect(words).toContain(`must not contain ${named}`);
    expect(words).toContain('NODE_OPTIONS: ""');
    expect(words).not.toContain("hidden");
  });

  test("a word that would do something to the log is named without that", () => {
    const { words } = refusal(() => refuseSettings({ NODE_OPTIONS: "--x\u001b[31m::warning::y" }));
    expect(words).toMatch(/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u);
    expect(words).not.toContain("::");
  });
});

describe("other settings", () => {
  test.each(["http", "stream", "*", "module", " "])("NODE_DEBUG=%j is refused", (value) => {
    expect(refusal(() => refuseSettings({ NODE_DEBUG: value })).about).toBe("NODE_DEBUG");
  });

  test("NODE_TLS_REJECT_UNAUTHORIZED=0 is refused, and nothing else of it", () => {
    expect(refusal(() => refuseSettings({ NODE_TLS_REJECT_UNAUTHORIZED: "0" })).about).toBe(
      "NODE_TLS_REJECT_UNAUTHORIZED",
    );
    for (const value of ["1", ""]) expect(() => refuseSettings({ NODE_TLS_REJECT_UNAUTHORIZED: value })).not.toThrow();
  });

  test("an empty variable counts as one that is not set", () => {
    expect(() => refuseSettings({ NODE_DEBUG: "", NODE_OPTIONS: "" })).not.toThrow();
  });
});
