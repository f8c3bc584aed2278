import { execFileSync } from "node:child_process";
import { tableOf } from "../harness/markers";
import type { RowReport, Setting, Violation } from "./bundle/row";

/** What a violation is an instance of. */
const KINDS = {
  "silent losses": /^silent.loss/,
  "false alarms": /^false.(unchanged|lost)/,
  leaks: /^leak/,
} as const;

function countOf(violations: readonly Violation[], kind: RegExp): number {
  return violations.filter(({ says }) => kind.test(says)).length;
}

function othersIn(violations: readonly Violation[]): number {
  return violations.filter(({ says }) => !Object.values(KINDS).some((kind) => kind.test(says))).length;
}

function timeTold(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function commit(): string {
  return execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).trim();
}

interface Run extends Setting {
  /** A part of the names of its rows; empty where all were played. */
  readonly only: string;
  /** How long it took: less than its rows together, since the core's are played beside the others. */
  readonly ms: number;
}

/** The table of a run. */
export function tableOfRun(reports: readonly RowReport[], { share, seed, only, ms: msInAll }: Run): string {
  const kinds = Object.values(KINDS);
  const row = ({ name, played, ms, violations, refused }: RowReport): string[] =>
    refused === undefined
      ? [
          name,
          played.toLocaleString("en"),
          timeTold(ms),
          ...kinds.map((kind) => String(countOf(violations, kind))),
          String(othersIn(violations)),
        ]
      : [`${name}: **failed**, ${refused}`, "0", timeTold(ms), "", "", "", ""];
  const all = reports.flatMap(({ violations }) => violations);
  const total = [
    "**in all**",
    "",
    timeTold(msInAll),
    ...kinds.map((kind) => `**${countOf(all, kind)}**`),
    `**${othersIn(all)}**`,
  ];
  const head = ["what", "how many", "how long", ...Object.keys(KINDS), "anything else"];
  const date = new Date().toISOString().slice(0, 10);
  const amount = share === "whole" ? "The whole proof" : `A ${share} share of the proof`;
  const part = only === "" ? amount : `${amount}, only rows named "${only}"`;
  return [
    `${part}, run on ${date} at commit ${commit()} with seed ${seed}.`,
    tableOf(head, [...reports.map(row), total]),
  ].join("\n\n");
}
