import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { EventKind } from "../sandbox/github";
import type { StepOptions } from "../sandbox/runner";
import type { SnapTradeEvent } from "../sandbox/snaptrade";
import type { Stage } from "../sandbox/stage";
import type { Authority } from "../sandbox/tls";
import { makeAuthority } from "../sandbox/tls";
import type { Later } from "./play";
import { ROOT } from "./play";

/** A folder for one play. */
export function folderFor(later: Later): string {
  const folder = mkdtempSync(join(tmpdir(), "bundle-"));
  later(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

let authority: Promise<Authority> | undefined;
let authorityFolder: string | undefined;

/** One private certificate authority for all plays of a test file. */
export async function sharedAuthority(): Promise<Authority> {
  authorityFolder ??= mkdtempSync(join(tmpdir(), "authority-"));
  authority ??= makeAuthority(authorityFolder);
  return await authority;
}

/** To be called when the tests of a file are over. */
export function removeAuthority(): void {
  if (authorityFolder !== undefined) rmSync(authorityFolder, { recursive: true, force: true });
}

const isOfSnapTrade = (event: SnapTradeEvent | EventKind): event is SnapTradeEvent => /^(reset|probe)-/.test(event);

/** Does something the first time that a request comes to an instant of its life; the request waits for it. */
export function at(stage: Stage, event: SnapTradeEvent | EventKind, act: () => unknown): void {
  let isDone = false;
  const once = async (): Promise<void> => {
    if (isDone) return;
    isDone = true;
    await act();
  };
  if (isOfSnapTrade(event)) stage.snapTrade.on(event, once);
  else stage.github.on(event, once);
}

/** How long a request of the instant is held, so that a signal arrives before its answer. */
const HOLD_MS = 200;

/** A promise kept at the instant, while the request of that instant is held. */
export function instant(stage: Stage, event: SnapTradeEvent | EventKind, holdMs = HOLD_MS): Promise<void> {
  return new Promise((resolve) => {
    at(stage, event, async () => {
      resolve();
      await sleep(holdMs);
    });
  });
}

export interface Trapdoor {
  /** What is different about the step. */
  readonly step: Pick<StepOptions, "env" | "nodeArgs">;
  /** Runs a text of JavaScript in the process of the action, and comes back when it ran. */
  readonly spring: (text: string) => Promise<void>;
}

const SPRING_MAX_MS = 5_000;

/** A way for the world to get at the process of the action itself. */
export function trapdoor(later: Later): Trapdoor {
  const file = join(folderFor(later), "trapdoor");
  const preload = pathToFileURL(join(ROOT, "harness", "trapdoor.mjs")).href;
  return {
    // An argument of Node itself: in NODE_OPTIONS the action refuses it.
    step: { env: { TRAPDOOR: file }, nodeArgs: ["--import", preload] },
    spring: async (text) => {
      writeFileSync(`${file}.new`, text);
      renameSync(`${file}.new`, file);
      for (let waited = 0; existsSync(file) && waited < SPRING_MAX_MS; waited += 5) await sleep(5);
    },
  };
}
