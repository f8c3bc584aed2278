import { createHash } from "node:crypto";
import type { Box, Printed } from "../rotation/model";
import { Refusal } from "../rotation/refusal";
import { printable } from "../text/printable";
import { pathOf } from "./areas";
import { hostnameOf } from "./hostname";
import type { Place } from "./places";

/**
 * The end of a printed command, which a shell ignores: when it was printed by GitHub's clock, for `mode: finish`. It
 * begins with `:` because zsh does not know comments at its prompt.
 */
export function endOfCommand({ sealed, keyId, sealedAt }: Box): string {
  return `&& : # check ${checkOf(sealed, keyId)}, printed ${new Date(sealedAt).toISOString().replace(/\.\d+Z$/, "Z")}`;
}

/** Detects a truncated line that still looks like valid base64. */
function checkOf(sealed: string, keyId: string): string {
  return createHash("sha256").update(`${keyId} ${sealed}`).digest("hex").slice(0, 8);
}

/** A printed command without white space, quotes and backslashes. In a downloaded log a timestamp precedes it. */
const COMMAND = new RegExp(
  [
    String.raw`^(?:\d{4}-\d\d-\d\dT[\d:.]+Z)?\$?ghapi--methodPUT(?:--hostname(?<host>[^/]+))?(?<path>/[^=]+?)`,
    String.raw`-fencrypted_value=(?<sealed>[A-Za-z0-9+/]+={0,2})-fkey_id=(?<keyId>[\w-]{1,64}?)`,
    String.raw`(?:-fvisibility=\w+?(?:-[fF]selected_repository_ids\[\]=\d+)*)?`,
    String.raw`(?:&&:)?#(?:check(?<check>[0-9a-f]{8}),)?printed(?<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)$`,
  ].join(""),
);

/** Where the command must write: to the primary, on this run's server. */
interface Target {
  readonly place: Place;
  readonly apiUrl: URL;
}

/**
 * Reads `recovery-command`, a copied command. A browser, a terminal or a phone may have wrapped it anywhere, so white
 * space is ignored.
 * @throws {Refusal} if it is incomplete, or has another target.
 */
export function readRecoveryCommand(text: string, target: Target): Printed {
  const line = text.replaceAll(/[\s\u00ad\u200b-\u200f\u2060\ufeff'"`\\]/g, "");
  if (line.includes("***")) throw refusal("contains ***. GitHub has masked a part of it");
  const { host = null, path, sealed, keyId, check, at } = COMMAND.exec(line)?.groups ?? {};
  if (path === undefined || sealed === undefined || keyId === undefined || at === undefined) {
    throw refusal("not a whole command");
  }
  // guard: finish at home
  refuseOther(host, path, target);
  const printedAt = Date.parse(at);
  const isTorn = !isBox(sealed) || (check !== undefined && check !== checkOf(sealed, keyId)) || Number.isNaN(printedAt);
  if (isTorn) throw refusal("a part of it is missing or was changed");
  return { sealed, keyId, printedAt };
}

function refusal(problem: string): Refusal {
  return Refusal.ofInput("recovery-command", problem, "the whole line, from gh api to the time at its end");
}

/** Compares as GitHub does: case is ignored. */
function refuseOther(host: string | null, path: string, { place, apiUrl }: Target): void {
  const ours = hostnameOf(apiUrl);
  if (host?.toLowerCase() !== ours?.toLowerCase()) {
    throw Refusal.ofInput(
      "recovery-command",
      `the command is for the host ${printable(host ?? "github.com")}`,
      `a command for ${ours ?? "github.com"}, where this run was started`,
    );
  }
  const { area, scope, name, label } = place;
  if (path.toLowerCase() !== `${pathOf(area, scope)}/${name}`.toLowerCase()) {
    throw Refusal.ofInput(
      "recovery-command",
      `the command is for another destination: ${printable(path)}`,
      `a command for the first line of save-to, ${label}`,
    );
  }
}

/** The bytes of a sealed box beyond its message. */
const BOX_OVERHEAD = 48;
/** GitHub's limit for a message, in bytes. */
const MESSAGE_MAX = 49_152;

function isBox(base64: string): boolean {
  const bytes = Buffer.from(base64, "base64");
  const isWhole = bytes.toString("base64") === base64;
  return isWhole && bytes.length > BOX_OVERHEAD && bytes.length <= BOX_OVERHEAD + MESSAGE_MAX;
}
