import { faults, SHORT_WAITS } from "../sandbox/faults";
import { playStep } from "../sandbox/runner";
import { startStage } from "../sandbox/stage";

/** The runs whose job summaries the README shows, by the name of the picture. */
export const PICTURED = ["rotated", "unsaved"] as const;

export type Pictured = (typeof PICTURED)[number];

/** Without a picture: its cause is the longest above a command. */
export const MEASURED = "unsaved, for want of a permission";

const FAULTS: Readonly<Record<Pictured | typeof MEASURED, string | undefined>> = {
  rotated: undefined,
  unsaved: "put-500-always",
  [MEASURED]: "put-403-permission",
};

/** What differs from run to run, and what stands for it in the pictures. */
const VOLATILE: readonly (readonly [RegExp, string])[] = [
  [/ --hostname 127\.0\.0\.1/g, ""],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/g, "2026-01-05T09:17:31.204Z"],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "2026-01-05T09:17:32Z"],
  [/encrypted_value=[\w+/]+={0,2}/g, `encrypted_value=${"dGhpcyBpcyBub3QgYSBzZWNyZXQg".repeat(4)}`],
  [/key_id=\d+/g, "key_id=3380204578043523366"],
  [/check [\da-f]{8}/g, "check 45cf65c9"],
  [/\b\d+(?:\.\d+)? (ms|s)\b/g, "84 $1"],
];

/** The summary with the same values each time, so that only a change of what is printed makes a difference. */
export function normalized(summary: string): string {
  return VOLATILE.reduce((text, [pattern, value]) => text.replaceAll(pattern, value), summary);
}

/**
 * Plays a run on the bundle, and returns what it leaves as its job summary.
 * @param root the folder of action.yml
 */
export async function summaryOf(name: keyof typeof FAULTS, root: string): Promise<string> {
  const fault = faults.get(FAULTS[name] ?? "");
  const stage = await startStage(fault === undefined ? {} : { inputs: SHORT_WAITS });
  try {
    await fault?.apply(stage);
    const { repository, github, inputs } = stage;
    const secrets = Object.values(stage.secrets());
    const run = await playStep({ root, node: process.execPath, repository, apiUrl: github.url, inputs, secrets });
    return normalized(run.main.summary);
  } finally {
    await stage.close();
  }
}
