import { adviceForFault, failureWords, faultWords, isPassing } from "../../src/report/fault-words";
import type { Where } from "../../src/report/fault-words";
import type { Fault, FaultCause, NetworkTrouble } from "../../src/rotation/model";

const label = "SNAPTRADE_USER_SECRET (secret of environment prodution in octo-org/brokerage)";
const PERMISSION = "Environments: Read and write";
const MESSAGE = "Resource not accessible by personal access token";

/** With a permission always, as the adapter may know it: that it is not spoken of has to be the words' own doing. */
function faultOf(cause: FaultCause, known: Partial<Fault> = {}): Fault {
  const detail = `GitHub answered the GET with 403 "${MESSAGE}"`;
  return { cause, answered: true, retryAfterMs: null, detail, permission: PERMISSION, ...known };
}

function silence(cause: NetworkTrouble["cause"], code: string | null, sent = false): Fault {
  return faultOf("network", { answered: false, detail: "GitHub could not be reached", network: { cause, code, sent } });
}

/** What each cause is called, and what its advice speaks of. */
const CAUSES: Readonly<Record<Exclude<FaultCause, "network">, readonly [called: RegExp, advised: RegExp]>> = {
  server: [/^GitHub reports an error of its own\. /, /githubstatus\.com/],
  conflict: [/conflict with another change/, /nothing else writes secrets there/],
  throttled: [/^GitHub's rate limit is reached/, /Wait a few minutes/],
  "box-refused": [/does not accept the encrypted value/, /GitHub's message/],
  quota: [/the maximum number of secrets is reached/, /Delete a secret that you do not need/],
  unauthorized: [/does not accept the token/, /^Create a new token, because this one is wrong, expired or revoked/],
  "forbidden-permission": [/lacks a permission/, /^Give the token Environments: Read and write\./],
  policy: [/a rule of the organization or enterprise/, /GitHub's message.*owner/],
  sso: [/single sign-on/, /Configure SSO/],
  "ip-list": [/an IP allow list does not contain the address of this runner/, /IP allow list/],
  archived: [/the repository is archived/, /Unarchive the repository/],
  suspended: [/suspended/, /suspension lifted/],
  forbidden: [/^GitHub forbids it\. /, /GitHub's message asks for.*page of HTML/],
  missing: [
    /does not find this destination/,
    /^Correct the name in save-to if environment prodution in octo-org\/brokerage is misspelled/,
  ],
  moved: [/another name or owner/, /new name into save-to, as --repo/],
  "login-page": [/^a login page came instead/, /GITHUB_API_URL/],
  malformed: [/not what GitHub's API promises/, /proxy answers in GitHub's place/],
};

const NETWORK: readonly (readonly [Fault, called: RegExp, advised: RegExp])[] = [
  [silence("dns", "ENOTFOUND"), /host name was not resolved \(ENOTFOUND\)/, /host name in GITHUB_API_URL/],
  [silence("dns", "EAI_AGAIN"), /\(EAI_AGAIN\)/, /resolve/],
  [silence("refused", "ECONNREFUSED"), /rejected the connection \(ECONNREFUSED\)/, /GITHUB_API_URL.*firewall rejects/],
  [silence("unreachable", "ENETUNREACH"), /no route to the host \(ENETUNREACH\)/, /no route to GitHub/],
  [silence("reset", "ECONNRESET", true), /connection was closed \(ECONNRESET\)/, /firewall.*closes connections/],
  [silence("reset", null, true), /connection was closed$/, /firewall/],
  [silence("time-out", null, true), /no answer in time$/, /firewall drops.*githubstatus\.com/],
  [silence("time-out", "ETIMEDOUT"), /no connection in time \(ETIMEDOUT\)/, /firewall drops.*githubstatus\.com/],
  ...[
    "UNABLE_TO_GET_ISSUER_CERT",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
  ].flatMap((code) => [
    [silence("tls", code), new RegExp(`does not know who issued .* \\(${code}\\)`), /NODE_EXTRA_CA_CERTS/] as const,
    [silence("proxy", code), new RegExp(`\\(${code}\\)`), /NODE_EXTRA_CA_CERTS.*HTTPS_PROXY/] as const,
  ]),
  [silence("tls", "CERT_HAS_EXPIRED"), /has expired \(CERT_HAS_EXPIRED\)/, /clock/],
  [silence("tls", "CERT_NOT_YET_VALID"), /not valid yet \(CERT_NOT_YET_VALID\)/, /clock/],
  [silence("tls", "ERR_TLS_CERT_ALTNAME_INVALID"), /another host name \(ERR_/, /GITHUB_API_URL/],
  [silence("tls", "EPROTO"), /TLS handshake failed \(EPROTO\)/, /intercepts TLS/],
  [silence("proxy", "407"), /proxy answered with status 407/, /credentials into HTTPS_PROXY.*NO_PROXY/],
  [
    silence("proxy", "403"),
    /proxy answered with status 403/,
    /Let the proxy that HTTPS_PROXY names connect to GitHub.*NO_PROXY/,
  ],
  [silence("proxy", "ECONNREFUSED"), /proxy opened no tunnel \(ECONNREFUSED\)/, /HTTPS_PROXY/],
  [silence("proxy", "HPE_INVALID_CONSTANT"), /proxy answered is not HTTP \(HPE_/, /HTTPS_PROXY/],
  [silence("proxy", null), /proxy opened no tunnel$/, /HTTPS_PROXY/],
  [silence("garbled", "HPE_INVALID_VERSION", true), /not HTTP \(HPE_INVALID_VERSION\)/, /does not speak HTTP/],
  [silence("ended", null), /asked to end/, /Start a new run/],
  [silence("other", "EMFILE"), /connection failed \(EMFILE\)/, /Check the network/],
];

const FAULT_CAUSES = [
  "server",
  "conflict",
  "throttled",
  "box-refused",
  "quota",
  "unauthorized",
  "forbidden-permission",
  "policy",
  "sso",
  "ip-list",
  "archived",
  "suspended",
  "forbidden",
  "missing",
  "moved",
  "login-page",
  "malformed",
] as const satisfies readonly FaultCause[];

const DOINGS = ["reading", "checking", "saving", "copying"] as const satisfies readonly Where["doing"][];
const reading: Where = { label, doing: "reading" };
const answers = FAULT_CAUSES.map((cause) => [cause, faultOf(cause), ...CAUSES[cause]] as const);
const silences = NETWORK.map(([fault, ...words]) => [JSON.stringify(fault.network), fault, ...words] as const);

/** The sentences of a text. What GitHub said and the name of the destination count as one word each. */
function sentencesOf(text: string): string[] {
  return text
    .replaceAll(label, "NAME")
    .replaceAll(/"[^"]*"/g, "QUOTED")
    .split(/(?<=[.?!])\s/);
}

function tooLong(texts: readonly string[]): string[] {
  return texts.flatMap(sentencesOf).filter((sentence) => sentence.split(/\s+/).length > 25);
}

describe("the words for a fault", () => {
  test("are asked for every cause here", () => {
    expect([...FAULT_CAUSES]).toEqual(Object.keys(CAUSES));
  });

  test.each([...answers, ...silences])("call %s what it is, and advise accordingly", (_, fault, called, advised) => {
    expect(faultWords(fault)).toMatch(called);
    expect(adviceForFault(fault, reading).join(" ")).toMatch(advised);
  });

  test.each(answers)("quote what GitHub said whole: %s", (_, fault) => {
    expect(faultWords(fault)).toContain(fault.detail);
  });

  test.each([...answers, ...silences])("are sentences of at most 25 words: %s", (_, fault) => {
    for (const doing of DOINGS) {
      const texts = [failureWords(fault, { label, doing }), ...adviceForFault(fault, { label, doing })];
      expect(tooLong(texts)).toEqual([]);
      for (const text of texts) expect(text).toMatch(/^[A-Z].*\.$/);
    }
  });

  test.each([...answers, ...silences])("name the cause before anything else: %s", (_, fault) => {
    for (const doing of DOINGS)
      expect(failureWords(fault, { label, doing })).toMatch(
        /^(?:Cannot|GitHub (?:could not be reached|did not answer)) /,
      );
  });

  test("speak of a permission only where one may be missing", () => {
    const speaking = [...answers, ...silences].filter(([, fault]) =>
      [faultWords(fault), ...adviceForFault(fault, reading)].some((text) => text.includes(PERMISSION)),
    );
    expect(speaking.map(([cause]) => cause)).toEqual(["forbidden-permission", "forbidden", "missing"]);
    const needing = answers.filter(([, fault]) => faultWords(fault).includes(PERMISSION));
    expect(needing.map(([cause]) => cause)).toEqual(["forbidden-permission"]);
  });

  test("speak of the spelling first where nothing was found", () => {
    const fault = faultOf("missing");
    const [first, second] = adviceForFault(fault, reading);
    expect(failureWords(fault, reading)).not.toMatch(/permission/);
    expect(first).toContain("environment prodution in octo-org/brokerage");
    expect(second).toContain(`with ${PERMISSION}`);
  });

  test("leave a permission out that nobody knows", () => {
    const all = (["forbidden-permission", "forbidden", "missing"] as const).flatMap((cause) => {
      const fault = faultOf(cause, { permission: null });
      return [faultWords(fault), ...adviceForFault(fault, reading)];
    });
    expect(all.join(" ")).not.toMatch(/null|undefined/);
  });

  test("name githubstatus.com only where GitHub failed or was silent", () => {
    const naming = [...answers, ...silences].filter(([, fault]) =>
      adviceForFault(fault, reading).some((step) => step.includes("githubstatus.com")),
    );
    expect(new Set(naming.map(([, { cause, network }]) => network?.cause ?? cause))).toEqual(
      new Set(["server", "time-out"]),
    );
  });

  test("do not blame GitHub for a request that it gave up on", () => {
    const fault = faultOf("server", { status: 408 });
    expect(faultWords(fault)).toMatch(/^GitHub gave up on the request/);
    expect(adviceForFault(fault, reading).join(" ")).not.toMatch(/githubstatus/);
    expect(faultWords(faultOf("server", { status: 502 }))).toMatch(/^GitHub reports an error/);
  });

  test.each([
    [true, "GitHub did not answer while saving the secret in"],
    [false, "GitHub could not be reached while saving the secret in"],
  ])("tell a request that was sent (%s) from one that was not", (sent, beginning) => {
    const words = failureWords(silence("reset", "ECONNRESET", sent), { label, doing: "saving" });
    expect(words.startsWith(`${beginning} ${label}: the connection was closed (ECONNRESET)`)).toBe(true);
  });

  test("take the detail where nothing is known of the network", () => {
    const fault = faultOf("network", { detail: "GitHub did not answer the PUT", answered: false });
    expect(failureWords(fault, reading)).toBe(`Cannot read ${label}: GitHub did not answer the PUT.`);
    expect(adviceForFault(fault, reading).join(" ")).not.toMatch(/githubstatus/);
  });

  test("give the link for single sign-on, if the server gave one of its own", () => {
    const ssoUrl = "https://github.com/orgs/octo-org/sso?authorization_request=A";
    const [step] = adviceForFault(faultOf("sso", { ssoUrl }), reading);
    expect(step).toBe(`Open ${ssoUrl} and authorize the token there.`);
  });

  test("say when a used-up allowance is full again", () => {
    const advice = (remaining: number): string =>
      adviceForFault(faultOf("throttled", { allowance: { remaining, resetAt: 0 } }), reading).join(" ");
    expect(advice(0)).toContain("1970-01-01T00:00:00.000Z");
    expect(advice(1)).toContain("a few minutes");
  });

  test.each([
    ["saving", /Until then the printed command fails too\./],
    ["checking", /canary: false/],
    ["reading", /, next to SNAPTRADE_USER_SECRET /],
    ["copying", /, next to SNAPTRADE_USER_SECRET /],
  ] as const)("have a secret deleted first where the place is full (%s)", (doing, said) => {
    const [step] = adviceForFault(faultOf("quota"), { label, doing });
    expect(step).toMatch(/^Delete a secret that you do not need/);
    expect(step).toMatch(said);
  });

  test("send nobody to a new run before the secret is saved", () => {
    for (const [, fault] of [...answers, ...silences]) {
      const ends = DOINGS.map((doing) => adviceForFault(fault, { label, doing }).includes("Start a new run."));
      expect(ends).toEqual([true, true, false, false]);
    }
  });

  test("know what passes by itself", () => {
    const passing = answers.filter(([, fault]) => isPassing(fault)).map(([cause]) => cause);
    expect(passing).toEqual(["server", "conflict", "throttled", "box-refused", "malformed"]);
    expect(isPassing(silence("refused", "ECONNREFUSED"))).toBe(true);
  });
});
