import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { noticeText } from "../../src/report/notice-text";
import { wordsFor } from "../../src/report/words";
import type { Reason, Result } from "../../src/rotation/outcome";
import { EXIT_CODES, nothingChanged } from "../../src/rotation/outcome";
import { NOTICES } from "../report/notices";
import { REASONS } from "../report/reasons";
import { folderWith } from "../../harness/played-example";
import { anchors, blocks } from "./markdown";

const run = promisify(execFile);
const page = readFileSync(join(import.meta.dirname, "../../docs/recovery.md"), "utf8");

/** Text under each heading of the third level, by the heading's code, within the second-level headings that match. */
function entries(chapter: RegExp): Map<string, string> {
  const chapters = page.split(/^## /m).filter((text) => chapter.test(text.split("\n")[0] ?? ""));
  const sections = chapters.flatMap((text) => text.split(/^### /m).slice(1));
  return new Map(sections.map((text) => [/^`([a-z-]+)`/.exec(text)?.[1] ?? text, text]));
}

const results = entries(/^Results$/);
const reasons = entries(/^Reasons /);

/** What annotation and summary begin with. */
function titleOf(result: Result, reason: Reason): string {
  return wordsFor(nothingChanged(result, reason)).title;
}

/** The quoted sentences of a section; `…` stands for what differs from run to run. */
function quoted(section: string): RegExp[] {
  return [...section.matchAll(/^> (.+)$/gm)].map(([, sentence = ""]) => {
    const literal = sentence.split("…").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
    return new RegExp(`^${literal.join(".*?")}$`, "s");
  });
}

describe("docs/recovery.md", () => {
  test("has no heading twice, so that a link to one leads to that one", () => {
    expect([...anchors(page)].filter((anchor) => /-\d+$/.test(anchor))).toEqual([]);
  });

  test("has one heading for each result, and none that the code does not know", () => {
    expect([...results.keys()].sort()).toEqual(Object.keys(EXIT_CODES).sort());
  });

  test.each(Object.entries(EXIT_CODES))("tells the exit code of %s", (result, exitCode) => {
    expect(results.get(result)).toContain(`Exit code ${exitCode}.`);
  });

  test.each(Object.entries(REASONS))(
    "has the titles of %s there or with the result, so that a search finds it",
    (code, entry) => {
      const sections = entry.results.map((result) => `${results.get(result) ?? ""}\n${reasons.get(code) ?? ""}`);
      const unquoted = entry.samples.flatMap((reason: Reason) =>
        entry.results.flatMap((result, index) => {
          const title = titleOf(result, reason);
          return quoted(sections[index] ?? "").some((one) => one.test(title)) ? [] : [`${result}: ${title}`];
        }),
      );
      expect(unquoted).toEqual([]);
    },
  );

  test("stores nothing where the age-encrypted secret does not open", async () => {
    const [command = ""] = blocks(page, "sh").filter((block) => block.includes("gh secret set"));
    expect(await stored(command, "exit 1")).toBeNull();
    expect(await stored(command, "exit 0")).toBeNull();
    expect(await stored(command, 'printf %s "the new secret"')).toBe("the new secret");
  });

  test("has one heading for each reason, and none that the code does not know", () => {
    expect([...reasons.keys()].sort()).toEqual(Object.keys(REASONS).sort());
  });

  test.each(Object.entries(REASONS))("tells the results that %s can stand behind", (code, { results: expected }) => {
    const named = /^Result: (.+?)\./m.exec(reasons.get(code) ?? "")?.[1] ?? "";
    expect([...named.matchAll(/`([a-z-]+)`/g)].map(([, result]) => result).sort()).toEqual([...expected].sort());
  });

  test.each(Object.entries(REASONS))("quotes what the action says for %s", (code, { samples }) => {
    const sentences = quoted(reasons.get(code) ?? "");
    const said = samples.map((reason) => wordsFor(nothingChanged("unchanged", reason)).happened);
    const titles = samples.flatMap((reason: Reason) =>
      REASONS[reason.code].results.map((result) => titleOf(result, reason)),
    );
    const unquoted = said.filter((words) => !sentences.some((sentence) => sentence.test(words)));
    const unsaid = sentences.filter((sentence) => ![...said, ...titles].some((words) => sentence.test(words)));
    expect({ unquoted, unsaid }).toEqual({ unquoted: [], unsaid: [] });
  });

  test("lists every line of the log with its beginning", () => {
    const linesOfTheLog = page.split("## Lines of the log")[1] ?? "";
    const rows = [...linesOfTheLog.matchAll(/^\| `([a-z-]+)` +\| (.+?) +\|/gm)].map(([, code, beginning]) => ({
      code,
      beginning,
    }));
    const said = Object.values(NOTICES).map((notice) => ({ code: notice.code, text: noticeText(notice) }));
    expect(rows.map(({ code }) => code).sort()).toEqual(said.map(({ code }) => code).sort());
    const wrong = said.filter(({ code, text }) => {
      const beginning = rows.find((row) => row.code === code)?.beginning ?? "?";
      return beginning.startsWith("… ") ? !text.includes(beginning.slice(2)) : !text.startsWith(beginning);
    });
    expect(wrong).toEqual([]);
  });
});

/** What a command of the page gives to `gh secret set`, where `age` does this; null if gh is not started. */
async function stored(command: string, age: string): Promise<string | null> {
  const folder = await folderWith("age", `#!/bin/sh\n${age}\n`);
  const gh = await folderWith("gh", `#!/bin/sh\ncat >"$(dirname "$0")/stored"\n`);
  await run("bash", ["-c", command], {
    env: { PATH: [folder.path, gh.path, process.env["PATH"]].join(delimiter) },
  }).catch(() => undefined);
  const value = await readFile(join(gh.path, "stored"), "utf8").catch(() => null);
  await Promise.all([folder.remove(), gh.remove()]);
  return value;
}
