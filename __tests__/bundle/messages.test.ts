import { readFileSync } from "node:fs";
import { join } from "node:path";
import { faults } from "../../sandbox/faults";
import type { Play } from "../support/bundle";
import { inPool, logOf, ROOT, withPlayed } from "../support/bundle";
import { removeAuthority } from "../support/circumstances";
import { hasTool } from "../support/tools";
import { ELSEWHERE, NOTICE_TABLE, REASON_TABLE } from "./message-table";
import { scenarios } from "./scenarios";

/** The codes that a file of the protocol declares. */
function codesIn(file: string): string[] {
  const text = readFileSync(join(ROOT, "src", "rotation", file), "utf8");
  return [...text.matchAll(/readonly code: "([^"]+)"/g)].map(([, code = ""]) => code);
}

function playOf(name: string): Play {
  const fault = faults.get(name);
  if (fault !== undefined) return { prepare: (stage) => fault.apply(stage) };
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`There is neither a fault nor a scenario named ${name}.`);
  return scenario.play;
}

const rows = [...Object.entries(NOTICE_TABLE), ...Object.entries(REASON_TABLE)];
const missing = rows.filter(([, [name]]) => scenarios[name]?.needs !== undefined && !hasTool(scenarios[name].needs));
const playable = rows.filter((row) => !missing.includes(row));

describe("every message that the action can print is printed by a run of the bundle", () => {
  const printed = new Map<string, string>();
  beforeAll(async () => {
    const names = [...new Set(playable.map(([, [name]]) => name))];
    await inPool(names, async (name) => {
      await withPlayed(playOf(name), ({ run }) => {
        printed.set(name, `${logOf(run)}\n${run.main.summary}\n${run.post.summary}`);
      });
    });
  }, 240_000);
  afterAll(removeAuthority);

  test.each(playable)("%s", (_code, [name, said]) => {
    expect(printed.get(name)).toMatch(said);
  });
});

test.each([
  ["notices.ts", NOTICE_TABLE],
  ["reasons.ts", REASON_TABLE],
])("every code of %s has its row, and no row is for a code that is gone", (file, table) => {
  const codes = codesIn(file);
  const kept = Object.keys(table).map((key) => key.split(/,? /)[0] ?? "");
  expect(codes.length).toBeGreaterThan(10);
  expect(codes.filter((code) => !kept.includes(code) && !(code in ELSEWHERE))).toEqual([]);
  expect(kept.filter((code) => !codes.includes(code))).toEqual([]);
});

test(`what the machine lacks is named: ${missing.map(([code]) => code).join(", ") || "nothing"}`, () => {
  expect(process.env["CI_TOOLS_REQUIRED"] === "1" ? missing : []).toEqual([]);
});
