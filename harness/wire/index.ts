import { readdirSync } from "node:fs";
import { Description, FOLDER } from "./description";
import { deviationsOf, type Exchange } from "./deviations";

/** What two local fakes recorded. */
export interface Wire {
  readonly snapTrade: { readonly requests: readonly Exchange[] };
  readonly github: { readonly url: string; readonly requests: readonly Exchange[] };
}

const made = new Map<string, Description>();

/** Made when it is wanted for the first time, and once: to read and to compile takes its time. */
function described(file: string, service: "GitHub" | "SnapTrade"): Description {
  const description = made.get(file) ?? new Description(file, service);
  made.set(file, description);
  return description;
}

/** The oldest and the newest Enterprise Server that GitHub describes. */
const ENTERPRISE = readdirSync(FOLDER).filter((file) => file.startsWith("ghes-"));

/** Says where a request or an answer is otherwise than the services are described, each deviation once. */
export function wireDeviations({ snapTrade, github }: Wire): readonly string[] {
  const snapTradeAs = described("snaptrade.yaml", "SnapTrade");
  const basePath = new URL(github.url).pathname.replace(/\/$/, "");
  const files = basePath === "" ? ["github.com.json"] : ENTERPRISE;
  const gitHubAs = files.map((file) => described(file, "GitHub"));
  const found = [
    ...snapTrade.requests.flatMap((one) => deviationsOf(one, snapTradeAs)),
    ...github.requests.flatMap((one) => gitHubAs.flatMap((as) => deviationsOf(one, as, basePath))),
  ];
  return [...new Set(found)];
}
