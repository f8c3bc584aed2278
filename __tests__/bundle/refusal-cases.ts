/** Something that is refused before anything happens, the name that the message has to hold, and what it says of it. */
export interface RefusalCase {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly event?: string;
  /** What a person entered when starting the run. */
  readonly eventInputs?: Readonly<Record<string, string>>;
  readonly repository?: string;
  /** The name of the input or setting, and whatever else the message has to say. */
  readonly says: readonly string[];
  /** Node itself prints a warning about its option. */
  readonly nodeSpeaks?: boolean;
}

const input = (name: string, value: string, ...says: readonly string[]): RefusalCase => ({
  inputs: { [name]: value },
  says: [name, ...says],
});
const saveTo = (value: string, ...says: readonly string[]): RefusalCase => input("save-to", value, ...says);
const setting = (name: string, value: string, ...says: readonly string[]): RefusalCase => ({
  env: { [name]: value },
  says: [name, ...says],
});

const REQUIRED = ["client-id", "consumer-key", "user-id", "user-secret", "save-to", "github-token"];
const BOOLEANS = ["yes", "True", "1", "on", " true"];
const DURATIONS = ["90", "1.5h", "-1h", "12 h", "1w", "1h30m", "ten", "0x10s", "1e3s", "٣s"];
const WAITS = ["0s", "6d", "999999999d"];
const URLS = {
  "http://api.snaptrade.com": "is not https",
  "ftp://api.snaptrade.com": "is not https",
  "api.snaptrade.com": "is not a URL",
  "https://api.snaptrade.com/api/v1": "has a path",
  "https://api.snaptrade.com/?a=b": "has a path",
  "https://api.snaptrade.com/#a": "has a path",
  "https://somebody:letmein@api.snaptrade.com": "credentials",
  "http://127.0.0.1.example.com": "is not https",
  "http://localhost.example.com": "is not https",
};
const VARIABLES = ["PATH", "GITHUB_TOKEN", "NODE_OPTIONS", "RUNNER_TEMP", "1X", "A-B", "A B", "A=B", "LD_PRELOAD", "é"];
const RECIPIENTS = [
  "age1xyz",
  "AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ",
  "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq",
  "ssh-ed25519 AAAA",
];
const NAMES = ["1NAME", "GITHUB_NAME", "github_name", "A-B", "../NAME", "%2e%2e/NAME", "A.B", "A/B", "ÄNAME"];
const ENVIRONMENTS = ["..", ".", "../production", "a/../b", "%2e%2e", "a%2fb", String.raw`'a\..\b'`, "''"];
const REPOSITORIES = ["brokerage", "a/b/c", "../..", "octo-org/..", "%2e%2e/x", "/x", "octo-org/"];
const EVENTS = [
  "pull_request",
  "pull_request_target",
  "pull_request_review",
  "issue_comment",
  "issues",
  "fork",
  "watch",
  "merge_group",
  "PUSH",
];
const DEBUGGED = ["http", "stream", "fs,HTTPS", "*", "timer tls"];
/** What Node is given, and the word of it that is named. */
const OPTIONS: Readonly<Record<string, string>> = {
  "--inspect-port=0": "--inspect-port",
  "--report-on-signal": "--report-on-signal",
  "--heapsnapshot-signal=SIGUSR2": "--heapsnapshot-signal",
  "--tls-keylog=/dev/null": "--tls-keylog",
  "--no-warnings --tls_keylog=/dev/null": "--tls_keylog",
  "--require node:path": "--require",
  "--trace-event-categories=node.http": "--trace-event-categories",
  "--max-http-header-size=16384": "--max-http-header-size",
  '--tls-"keylog=/dev/null"': "a quote or a backslash",
  "--no-warnings --use-openssl-ca --stack-trace-limit=3": "--stack-trace-limit",
};
const SHORT = ["x", "0", "secret", "1234567"];

const pasted = (command: string, ...says: readonly string[]): RefusalCase => ({
  inputs: { mode: "finish", "recovery-command": command },
  says: ["recovery-command", ...says],
});
const rescue = (typed: string, event: Readonly<Record<string, string>>, ...says: readonly string[]): RefusalCase => ({
  inputs: { mode: "rescue", "confirm-user-id": typed },
  eventInputs: event,
  says: ["confirm-user-id", ...says],
});
const TYPED = { "confirm-user-id": "customer-1" };
const PRINTED = "&& : # printed 2026-11-26T00:13:23Z";
/** Of the length of a sealed secret. */
const BOX = "A".repeat(112);
const PUT = "gh api --method PUT --hostname 127.0.0.1 /repos/octo-org/brokerage/environments";

export const REFUSALS: readonly RefusalCase[] = [
  rescue("", TYPED, "missing or empty"),
  rescue("customer-2", TYPED, "not the value of user-id"),
  rescue("customer-1", {}, "not an input of the event"),
  rescue("customer-1", { "confirm-user-id": "customer-2" }, "not what was typed"),
  { ...rescue("customer-1", TYPED, "GITHUB_EVENT_NAME", "schedule"), event: "schedule" },
  pasted("", "missing or empty"),
  pasted("gh api --method PUT", "not a whole command"),
  pasted(`${PUT}/production/secrets/***`, "contains ***"),
  pasted(`${PUT}/staging/secrets/SNAPTRADE_USER_SECRET -f encrypted_value=AAAA -f key_id=1 ${PRINTED}`, "staging"),
  pasted(`${PUT}/production/secrets/SNAPTRADE_USER_SECRET -f encrypted_value=AAAA -f key_id=1 ${PRINTED}`, "torn"),
  ...REQUIRED.map((name) => input(name, "", "missing or empty")),
  input("mode", "rotated", "rotate, check, verify, copy, rescue, finish"),
  input("mode", "", "rotate, check, verify, copy, rescue, finish"),
  input("mode", "Rotate", "rotate, check, verify, copy, rescue, finish"),
  input("mode", "rotate\n", '"rotate" with white space around it'),
  input("settle-time", " 90s", '"90s" with white space around it'),
  ...["create", "canary"].flatMap((name) => BOOLEANS.map((value) => input(name, value, "true, false"))),
  ...DURATIONS.map((value) => input("min-age", value, "a whole number with ms, s, m, h or d")),
  ...["reset-timeout", "save-timeout", "settle-time"].map((name) =>
    input(name, "90", "a whole number with ms, s, m, h or d"),
  ),
  ...["reset-timeout", "save-timeout", "settle-time"].flatMap((name) => WAITS.map((value) => input(name, value, "5d"))),
  ...Object.entries(URLS).map(([value, problem]) => input("snaptrade-api-url", value, problem)),
  ...VARIABLES.map((value) => input("export-env", value, "the name of a variable of your own")),
  ...RECIPIENTS.map((value) => input("recovery-recipient", value, "age1 and 58 more characters")),
  input("github-token", "two\nlines", "the token alone"),
  input("github-token", "with space", "the token alone"),
  ...NAMES.map((name) => saveTo(`GOOD\n${name}`, "line 2", "letters, digits and _")),
  ...ENVIRONMENTS.map((name) => saveTo(`NAME --env ${name}`, "line 1", "environment")),
  ...REPOSITORIES.map((name) => saveTo(`NAME --repo ${name}`, "line 1", "OWNER/REPO")),
  saveTo("# only a comment\n\n", "names no destination"),
  saveTo("--env production", "line 1", "no secret name"),
  saveTo("ONE TWO", "line 1", "more than one name"),
  saveTo("NAME --user", "line 1", "does not know"),
  saveTo("NAME --visibility all", "line 1", "does not know"),
  saveTo("NAME --env", "line 1", "cannot read"),
  saveTo("NAME --env a --env b", "line 1", "at most once"),
  saveTo("NAME -e a --env=b", "line 1", "at most once"),
  saveTo("NAME --app", "line 1", "cannot read"),
  saveTo("NAME --app pages", "line 1", "actions, agents, codespaces, dependabot"),
  saveTo("NAME --org 'bad org!'", "line 1", "organization"),
  saveTo("NAME --org ..", "line 1", "organization"),
  saveTo("NAME --org octo-org --env production", "line 1", "--org alone"),
  saveTo("NAME --org octo-org --repo octo-org/brokerage", "line 1", "--org alone"),
  ...["dependabot", "codespaces", "agents"].map((app) =>
    saveTo(`NAME --env production --app ${app}`, "line 1", "which GitHub does not have", app),
  ),
  saveTo("NAME --env 'production", "line 1", "closing quote"),
  saveTo("NAME --env $ENVIRONMENT", "line 1", "single quotes"),
  saveTo("NAME > file", "line 1", "single quotes"),
  saveTo("NAME; rm -r .", "line 1", "single quotes"),
  saveTo("NAME --env *", "line 1", "single quotes"),
  saveTo("A?B", "line 1", "single quotes"),
  saveTo("NAME\nNAME", "line 2", "same destination"),
  saveTo("NAME\nname", "line 2", "same destination"),
  saveTo("NAME\n\n# again\nNAME --repo Octo-Org/Brokerage", "line 4", "same destination"),
  saveTo("NAME\nNAME -a actions", "line 2", "same destination"),
  saveTo("NAME -e production\nNAME --env=PRODUCTION --repo octo-org/brokerage", "line 2", "same destination"),
  saveTo("NAME --org octo-org\nNAME -o OCTO-ORG", "line 2", "same destination"),
  saveTo("NAME\nNAME_CANARY_0123456789ABCDEF", "line 2", "what a write check is called"),
  {
    ...pasted(`${PUT}/production/secrets/SNAPTRADE_USER_SECRET -f encrypted_value=${BOX} -f key_id=1 ${PRINTED}`),
    event: "schedule",
    says: ["GITHUB_EVENT_NAME", "mode: finish is started by a person"],
  },
  ...EVENTS.map((event) => ({ event, says: ["GITHUB_EVENT_NAME", "schedule, workflow_dispatch"] })),
  { env: { GITHUB_EVENT_NAME: "" }, says: ["GITHUB_EVENT_NAME"] },
  { ...setting("NODE_TLS_REJECT_UNAUTHORIZED", "0", "NODE_EXTRA_CA_CERTS"), nodeSpeaks: true },
  ...DEBUGGED.map((value) => ({ ...setting("NODE_DEBUG", value, "secrets and all"), nodeSpeaks: true })),
  ...Object.entries(OPTIONS).map(([value, named]) => ({
    ...setting("NODE_OPTIONS", value, named, 'NODE_OPTIONS: ""'),
    nodeSpeaks: true,
  })),
  ...SHORT.map((value) => input("user-secret", value, "fewer than 8 characters", "in a rescue")),
  ...SHORT.map((value) => ({
    inputs: { mode: "verify", "consumer-key": value },
    says: ["consumer-key", "fewer than 8"],
  })),
  input("github-token", "1234567", "fewer than 8 characters"),
  ...["schedule", "push"].map((event) => ({
    inputs: { mode: "rescue" },
    event,
    says: ["GITHUB_EVENT_NAME", "mode: rescue is started by a person", "workflow_dispatch"],
  })),
  saveTo(String.raw`NAME\nCOPY`, "line 1", "backslash"),
  saveTo(String.raw`NAME # primary\nCOPY`, "line 1", "backslash"),
  setting("GITHUB_API_URL", "http://api.github.com", "is not https"),
  setting("GITHUB_API_URL", "nonsense", "is not a URL"),
  setting("GITHUB_API_URL", "https://api.github.com/?a=b", "has a query"),
  { repository: "brokerage", says: ["GITHUB_REPOSITORY", "OWNER/REPO"] },
  ...["http://exa mple:99999", "socks5://127.0.0.1:1080"].map((proxy) => ({
    inputs: { "snaptrade-api-url": "https://api.snaptrade.com", "settle-time": "10s" },
    env: { HTTPS_PROXY: proxy },
    says: ["HTTPS_PROXY"],
  })),
];
