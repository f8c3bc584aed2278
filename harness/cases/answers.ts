import { join } from "node:path";
import { existsSync, readFileSync } from "node:fs";
import { folderFor } from "../circumstances";
import { commandAt, must, type OutsideCase, resetAnsweredAt, type Told } from "../case";

/** The bundle's own, with all that it loads, and not a body of 300 MB. */
const MEMORY_MAX_MB = 300;
const AT_ONCE_MS = 300;
const LINK = "https://github.com/settings/personal-access-tokens/1234567";
/** Words for a permission that is missing, which it is not where a policy forbids something. */
const PERMISSION = /give the token (?:that|the|this) permission|the token needs/i;

/** Who may read the secret is the same as before. */
function audienceIs(...names: readonly string[]): (told: Told) => string[] {
  return ({ stage: { github, destinations } }) =>
    destinations.flatMap(({ where, name }) => {
      const sharing = github.sharing(where, name);
      const repositories = [...(sharing?.repositories ?? [])].sort();
      const expected = names.map((one) => `octo-org/${one}`).sort();
      const isSame = sharing?.visibility === "selected" && repositories.join() === expected.join();
      return must(isSame, `the secret may be read by ${repositories.join(", ")}`);
    });
}

/** The peak of the process's memory, told by the process itself when it ends. */
function bounded(about: string, fault: string): OutsideCase {
  let file = "";
  return {
    about,
    fault,
    prepare: (_stage, later) => {
      file = join(folderFor(later), "peak");
      const text = `import { writeFileSync } from "node:fs";
        process.on("exit", () => writeFileSync(${JSON.stringify(file)}, String(process.resourceUsage().maxRSS / 1024)));`;
      return { nodeArgs: ["--import", `data:text/javascript,${encodeURIComponent(text)}`] };
    },
    check: () => {
      const peak = existsSync(file) ? Number(readFileSync(file, "utf8")) : Infinity;
      return must(peak < MEMORY_MAX_MB, `the process took ${Math.round(peak)} MB`);
    },
  };
}

/** What nobody answers goes out once more over the other connection, and the command is printed. */
function sentAgainInTime(told: Told): string[] {
  const [first, second] = told.puts;
  if (first === undefined || second === undefined) return ["there were not two PUTs"];
  const commandMs = commandAt(told) - first.at;
  return [
    ...must(commandMs >= 2_500 && commandMs <= 4_500, `the command came after ${Math.round(commandMs)} ms`),
    ...must(second.at - first.at <= 4_500, `sent again after ${Math.round(second.at - first.at)} ms`),
    ...must(second.connection !== first.connection, "sent again over the same connection"),
    ...must(second.connectedAt < resetAnsweredAt(told), "sent again over a new connection"),
    ...must(Number(told.run.main.outputs["at-risk-ms"]) < 10_000, "at risk for ten seconds or more"),
  ];
}

/** A connection that died costs one more round trip and nothing else. */
function sentAgainAtOnce(told: Told): string[] {
  const [first, second] = told.puts;
  if (first === undefined || second === undefined) return ["there were not two PUTs"];
  const probes = told.stage.snapTrade.requests.filter(({ at }) => at > first.at && at < second.at);
  return [
    ...must(second.at - first.at < AT_ONCE_MS, `sent again after ${Math.round(second.at - first.at)} ms`),
    ...must(second.connectedAt < resetAnsweredAt(told), "sent again over a new connection"),
    ...must(probes.length === 0, "SnapTrade was asked in between"),
  ];
}

/** Whoever mistypes a name is not to be sent to a page with permissions. */
function spellingFirst({ words }: Told): string[] {
  const [spelling, permission] = [words.search(/spel/i), words.search(/permission|the token needs/i)];
  return must(permission === -1 || spelling < permission, "a permission is spoken of before the spelling");
}

/** What GitHub answers, and what it means by it. */
export const answers: readonly OutsideCase[] = [
  {
    about: "Dependabot's repository ids are strings",
    fault: "dependabot-ids-as-strings",
    check: audienceIs("brokerage", "reports"),
  },
  {
    about: "the list has two members of three",
    fault: "audience-list-short",
    check: (told) => [
      ...audienceIs("brokerage", "reports", "billing")(told),
      ...must(
        told.stage.github.requests.filter(({ which }) => which === "repositories").length > 1,
        "the list was read only once",
      ),
    ],
  },
  {
    about: "the list is short once",
    fault: "audience-list-short-once",
    check: audienceIs("brokerage", "reports", "billing"),
  },
  {
    about: "more repositories than fit on a page",
    fault: "audience-of-many-pages",
    check: audienceIs(...Array.from({ length: 120 }, (_, index) => `repository-${index + 1}`)),
  },
  {
    about: "the second page of the list is empty once",
    fault: "audience-page-lost-once",
    check: audienceIs(...Array.from({ length: 120 }, (_, index) => `repository-${index + 1}`)),
  },
  { about: "the first DELETE of the canary finds nothing", fault: "canary-delete-finds-nothing" },
  { about: "secrets that are somebody's own", fault: "secret-named-like-a-canary" },
  {
    about: "the first PUT never gets an answer",
    fault: "put-unanswered",
    check: sentAgainInTime,
  },
  bounded("one answer of 300 MB before the reset", "key-endless-once"),
  bounded("one answer of 300 MB at the save", "put-endless-once"),
  { about: "key_id is a number beyond 2^53", fault: "key-id-is-a-number" },
  {
    about: "a policy on the lifetime of tokens",
    fault: "policy-token-lifetime",
    says: [new RegExp(`${LINK}(?!\\d)`)],
    saysNot: [PERMISSION],
  },
  {
    about: "single sign-on, with the link that helps",
    fault: "policy-saml",
    says: [/\/orgs\/octo-org\/sso\?authorization_request=A{20}/],
    saysNot: [PERMISSION],
  },
  {
    about: "single sign-on, with a link to a stranger",
    fault: "policy-saml-elsewhere",
    says: [/SAML/],
    saysNot: [/evil\.test/, PERMISSION],
  },
  {
    about: "the list of addresses",
    fault: "policy-ip-allow-list",
    says: [/your IP address is not permitted to access this resource/],
    saysNot: [PERMISSION],
  },
  { about: "classic tokens", fault: "policy-classic-forbidden", says: [/personal access token \(classic\)/] },
  { about: "an archived repository", fault: "repository-archived", says: [/archived/], saysNot: [PERMISSION] },
  { about: "a suspended account", fault: "account-suspended", says: [/suspended/], saysNot: [PERMISSION] },
  {
    about: "an environment that is not there",
    fault: "environment-misspelt",
    says: [/exist/i, /spel/i, /prodution/],
    check: spellingFirst,
  },
  {
    about: "the token may not read environments",
    fault: "permission-to-read-environments",
    says: [/Environments: Read and write/],
    saysNot: [/environments=/],
  },
  {
    about: "the token may not write environments",
    fault: "permission-to-write-environments",
    says: [/Environments: Read and write/],
    saysNot: [/environments=/],
  },
  ...["key-cut-once", "key-half-once", "key-empty-once", "metadata-half-once", "metadata-empty-once"].map((fault) => ({
    about: "one answer that is cut or empty",
    fault,
  })),
  { about: "one page with status 200 for the canary", fault: "canary-html-once" },
  { about: "a login page, always", fault: "login-page-always", says: [/login page/i], saysNot: [/renamed/] },
  { about: "a login page for four seconds at the save", fault: "login-page-at-save" },
  {
    about: "the place is filled between write check and save",
    fault: "place-filled-by-another",
    says: [/(?:remove|delete) (?:one|a secret|another)/i],
  },
  {
    about: "the connection that was kept warm dies at the first PUT",
    fault: "put-connection-dies",
    check: sentAgainAtOnce,
  },
];
