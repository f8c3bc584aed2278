import { anyText, fc } from "../../harness/draws";
import { parseInputs, readInputs, refuseProxies } from "../../src/inputs/inputs";
import type { Environment } from "../../src/inputs/fields";
import { Refusal } from "../../src/rotation/refusal";
import { givenValues, secretInputs } from "../../src/inputs/secret-inputs";

const SOUND: Environment = {
  GITHUB_EVENT_NAME: "schedule",
  GITHUB_REPOSITORY: "octo-org/brokerage",
  GITHUB_API_URL: "https://api.github.com",
  GITHUB_RUN_ID: "7",
  GITHUB_RUN_ATTEMPT: "2",
  "INPUT_CLIENT-ID": "client",
  "INPUT_CONSUMER-KEY": "consumer-key-value",
  "INPUT_USER-ID": "user",
  "INPUT_USER-SECRET": "user-secret-value",
  "INPUT_SAVE-TO": "NAME",
  "INPUT_GITHUB-TOKEN": "token-value",
};

/** What is refused, and in which words; fails where nothing is. */
function isAccepted(change: Environment): boolean {
  try {
    readInputs({ ...SOUND, ...change });
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return false;
  }
}

function refusal(change: Environment): { about: string; words: string } {
  try {
    readInputs({ ...SOUND, ...change });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { reason } = error;
    if (reason.code === "refused-input") return { about: reason.input, words: `${reason.problem}. ${reason.expected}` };
    if (reason.code === "refused-setting")
      return { about: reason.setting, words: `${reason.problem}. ${reason.expected}` };
  }
  throw new Error("not refused");
}

describe("inputs as they are given", () => {
  test("with nothing but what is required are the contract's defaults", () => {
    expect(readInputs(SOUND)).toMatchObject({
      mode: "rotate",
      create: false,
      canary: true,
      minAgeMs: null,
      exportEnv: null,
      recoveryRecipient: null,
      resetTimeoutMs: 90_000,
      saveTimeoutMs: 600_000,
      settleMs: 90_000,
      snaptrade: { clientId: "client", userId: "user" },
      saving: { repository: { owner: "octo-org", repo: "brokerage" }, runId: "7", runAttempt: "2" },
    });
    expect(readInputs(SOUND).snaptrade.baseUrl.href).toBe("https://api.snaptrade.com/");
  });

  test.each([" a-secret ", "a-secret\n", "\ta-secret", "::a-secret", "é-a-secret"])(
    "a secret is not trimmed or changed: %j",
    (value) => {
      const { userSecret, snaptrade } = readInputs({
        ...SOUND,
        "INPUT_USER-SECRET": value,
        "INPUT_CONSUMER-KEY": value,
        "INPUT_USER-ID": value,
      });
      expect([userSecret.reveal(), snaptrade.consumerKey.reveal(), snaptrade.userId]).toEqual([value, value, value]);
    },
  );

  test("all given are taken", () => {
    const recipient = `age1${"q".repeat(58)}`;
    const inputs = readInputs({
      ...SOUND,
      GITHUB_EVENT_NAME: "workflow_dispatch",
      INPUT_MODE: "rescue",
      INPUT_CREATE: "true",
      INPUT_CANARY: "false",
      "INPUT_MIN-AGE": "7d",
      "INPUT_EXPORT-ENV": "SNAPTRADE_USER_SECRET",
      "INPUT_RECOVERY-RECIPIENT": recipient,
      "INPUT_RESET-TIMEOUT": "1500ms",
      "INPUT_SAVE-TIMEOUT": "2h",
      "INPUT_SETTLE-TIME": "3m",
      "INPUT_SNAPTRADE-API-URL": "http://127.0.0.1:8080",
    });
    expect(inputs).toMatchObject({
      mode: "rescue",
      create: true,
      canary: false,
      minAgeMs: 604_800_000,
      exportEnv: "SNAPTRADE_USER_SECRET",
      recoveryRecipient: recipient,
      resetTimeoutMs: 1_500,
      saveTimeoutMs: 7_200_000,
      settleMs: 180_000,
    });
    expect(inputs.snaptrade.baseUrl.port).toBe("8080");
  });

  test.each([
    ["10s", "https://api.snaptrade.com", 10_000],
    ["10000ms", "https://127.0.0.1.example", 10_000],
    ["300ms", "http://127.0.0.1:8080", 300],
    ["1ms", "http://localhost:8080", 1],
    ["9s", "http://[::1]:8080", 9_000],
    ["9s", "https://127.0.0.1", 9_000],
  ])("a settle time of %s with %s", (settleTime, url, settleMs) => {
    const given = { "INPUT_SETTLE-TIME": settleTime, "INPUT_SNAPTRADE-API-URL": url };
    expect(readInputs({ ...SOUND, ...given }).settleMs).toBe(settleMs);
  });

  test.each([
    ["", ""],
    ["NAME", ""],
    ["", "token-value"],
  ])("verify saves nothing, so it needs no destination %j and no token %j", (saveTo, token) => {
    const given = { "INPUT_SAVE-TO": saveTo, "INPUT_GITHUB-TOKEN": token };
    expect(readInputs({ ...SOUND, INPUT_MODE: "verify", ...given }).saving).toBeNull();
  });

  test("verify that is given both compares with them", () => {
    expect(readInputs({ ...SOUND, INPUT_MODE: "verify" }).saving?.places).toMatchObject([{ name: "NAME" }]);
  });

  test("finish reads what was pasted, and no other mode does", () => {
    const box = Buffer.alloc(49, 1).toString("base64");
    const pasted = `gh api --method PUT\n/repos/octo-org/brokerage/actions/secrets/NAME -f encrypted_value=${box} -f key_id=7 && : # printed 2026-11-26T00:13:23Z`;
    const given = { ...SOUND, GITHUB_EVENT_NAME: "workflow_dispatch", "INPUT_RECOVERY-COMMAND": pasted };
    expect(readInputs({ ...given, INPUT_MODE: "finish" })).toMatchObject({
      printed: { sealed: box, keyId: "7", printedAt: Date.parse("2026-11-26T00:13:23Z") },
    });
    expect(readInputs(given)).not.toHaveProperty("printed");
  });

  test.each([
    ["", "must not be empty"],
    ["gh api", "not a whole command"],
  ])("finish refuses the command %j", (command, words) => {
    const { about, words: said } = refusal({
      GITHUB_EVENT_NAME: "workflow_dispatch",
      INPUT_MODE: "finish",
      "INPUT_RECOVERY-COMMAND": command,
    });
    expect(about).toBe("recovery-command");
    expect(said).toContain(words);
  });

  test("a min-age of zero is one", () => {
    expect(readInputs({ ...SOUND, "INPUT_MIN-AGE": "0s" })).toMatchObject({ minAgeMs: 0 });
  });

  test.each(["http://localhost:1", "http://[::1]:1", "http://127.9.9.9", "https://snaptrade.example"])(
    "%s is a base URL",
    (url) => {
      expect(readInputs({ ...SOUND, "INPUT_SNAPTRADE-API-URL": url }).snaptrade.baseUrl.href).toBe(`${url}/`);
    },
  );

  test("GitHub Enterprise Server has a path", () => {
    expect(readInputs({ ...SOUND, GITHUB_API_URL: "https://ghe.example/api/v3" }).saving?.apiUrl.pathname).toBe(
      "/api/v3",
    );
  });
});

describe("mode: copy", () => {
  test("takes a primary and its copies", () => {
    const inputs = readInputs({ ...SOUND, INPUT_MODE: "copy", "INPUT_SAVE-TO": "NAME\nNAME --env production\nOTHER" });
    expect([inputs.mode, inputs.saving?.places.length]).toEqual(["copy", 3]);
  });

  test.each(["NAME", "NAME\n\n# NAME --env production\n"])("without a copy is refused by name: %j", (saveTo) => {
    const { about, words } = refusal({ INPUT_MODE: "copy", "INPUT_SAVE-TO": saveTo });
    expect([about, words]).toEqual(["save-to", expect.stringContaining("must contain a copy")]);
  });

  test("has a destination that is wrong refused as in any mode", () => {
    expect(refusal({ INPUT_MODE: "copy", "INPUT_SAVE-TO": "NAME\nNAME" }).words).not.toContain("must contain a copy");
  });
});

describe("something invisible at an end of an input", () => {
  const NAMES = ["user-secret", "user-id", "client-id", "consumer-key"];

  test.each<[string, readonly string[]]>([
    ["the-value", []],
    ["two words", []],
    ["one\nline", []],
    ["the-value\n", ["ends with a line end"]],
    ["the-value\r\n", ["ends with a line end"]],
    ["\nthe-value", ["begins with a line end"]],
    [" the-value", ["begins with a space"]],
    ["the-value   ", ["ends with a space"]],
    ["the-value\t", ["ends with a tab"]],
    ["the-value\u00a0", ["ends with a no-break space (U+00A0)"]],
    ["\ufeffthe-value", ["begins with a byte order mark (U+FEFF)"]],
    ["the-value\ufeff", ["ends with a byte order mark (U+FEFF)"]],
    ["the-value\u200b", ["ends with an invisible character"]],
    ["\u2060the-value", ["begins with an invisible character"]],
    ["the-value \n", ["ends with white space"]],
    ["\u2003the-value", ["begins with white space"]],
    [" the-value\n", ["begins with a space", "ends with a line end"]],
  ])("%j is named, and used as it is", (value, hows) => {
    for (const name of NAMES) {
      const { spaced, userSecret, snaptrade } = readInputs({ ...SOUND, [`INPUT_${name.toUpperCase()}`]: value });
      expect(spaced).toEqual(hows.map((how) => ({ input: name, how })));
      const { userId, clientId, consumerKey } = snaptrade;
      expect([userSecret.reveal(), userId, clientId, consumerKey.reveal()]).toContain(value);
    }
  });

  test("is not looked for in what SnapTrade never sees", () => {
    expect(readInputs({ ...SOUND, "INPUT_SAVE-TO": "NAME\n" }).spaced).toEqual([]);
  });
});

describe("what is refused, by name", () => {
  test.each(["client-id", "consumer-key", "user-id", "user-secret", "save-to", "github-token"])(
    "a missing %s",
    (name) => {
      for (const value of ["", undefined]) {
        expect(refusal({ [`INPUT_${name.toUpperCase()}`]: value })).toMatchObject({ about: name });
      }
    },
  );

  test.each<[string, readonly string[]]>([
    ["mode", ["Rotate", "rotate ", "destroy", ""]],
    ["create", ["yes", "True", "1", " true"]],
    ["canary", ["no", "FALSE", "0"]],
    ["min-age", ["12", "h", "-1h", "1.5h", "12 h", "12H", "1w", "1h30m", " 1h", "1e3s", "9999999999s", "١h"]],
    ["reset-timeout", ["90", "0s", "0ms", "6d", "121h", "soon"]],
    ["save-timeout", ["10", "0m", "999999999d"]],
    ["settle-time", ["-1s", "0h", "5d1s", "9s", "9999ms", "300ms"]],
    [
      "snaptrade-api-url",
      [
        "http://api.snaptrade.com",
        "ftp://x",
        "x",
        "https://u:p@x",
        "https://x/api/v1",
        "https://x/?a",
        "https://x/#a",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
      ],
    ],
    ["github-token", [" a-token", "a-token ", "a token", "a-token\n", "ein-tökn", "short", "       x"]],
    ["user-secret", ["x", "0", "secret", "1234567", " secret\n", "éééé😀😀😀"]],
    ["consumer-key", ["x", "1234567"]],
    [
      "export-env",
      [
        "1A",
        "A-B",
        "A B",
        "A=B",
        "A\nB",
        "PATH",
        "Path",
        "NODE_OPTIONS",
        "GITHUB_TOKEN",
        "RUNNER_TEMP",
        "input_x",
        "LD_PRELOAD",
        "CI",
      ],
    ],
    [
      "recovery-recipient",
      [
        "age1",
        "AGE1X",
        `age1${"b".repeat(58)}`,
        `age1${"q".repeat(57)}`,
        `age1${"q".repeat(59)}`,
        "ssh-ed25519 AAAA",
        ` age1${"q".repeat(58)}`,
      ],
    ],
    ["save-to", ["NAME --bogus x", "../NAME", "%2e%2e", "NAME\nNAME", "USER-SECRET-VALUE", "A --env token-value"]],
  ])("a bad %s", (name, values) => {
    for (const value of values) {
      const { about, words } = refusal({ [`INPUT_${name.toUpperCase()}`]: value });
      expect([value, about]).toEqual([value, name]);
      expect(words).toMatch(/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u);
    }
  });

  test("a settle-time for a local server, where snaptrade-api-url is missing, names both", () => {
    const { about, words } = refusal({ "INPUT_SETTLE-TIME": "500ms", "INPUT_SNAPTRADE-API-URL": "" });
    expect([about, words]).toEqual(["settle-time", expect.stringContaining("snaptrade-api-url")]);
  });

  test.each<[string, string]>([
    ["GITHUB_EVENT_NAME", "pull_request_target"],
    ["NODE_DEBUG", "http"],
    ["NODE_OPTIONS", "--inspect"],
    ["GITHUB_REPOSITORY", "octo-org"],
    ["GITHUB_REPOSITORY", "a/../b"],
    ["GITHUB_API_URL", "http://api.github.com"],
    ["GITHUB_API_URL", "x"],
    ["GITHUB_API_URL", "https://u:p@x"],
  ])("the setting %s=%s", (name, value) => {
    expect(refusal({ [name]: value }).about).toBe(name);
  });

  test.each<[string, string]>([
    ["NODE_EXTRA_CA_CERTS", "/ca.pem"],
    ["HTTPS_PROXY", "http://proxy.example:3128"],
  ])("but not the setting %s=%s", (name, value) => {
    expect(readInputs({ ...SOUND, [name]: value }).mode).toBe("rotate");
  });

  test.each(["user-secret", "consumer-key", "github-token"])("a %s too short for a mask, in every mode", (name) => {
    for (const mode of ["rotate", "check", "verify", "copy", "rescue"]) {
      const given = {
        INPUT_MODE: mode,
        GITHUB_EVENT_NAME: "workflow_dispatch",
        [`INPUT_${name.toUpperCase()}`]: "secret",
      };
      const { about, words } = refusal(given);
      expect([mode, about]).toEqual([mode, name]);
      expect(words).toContain("at least 8 characters");
    }
  });

  test("no secret is quoted in a refusal", () => {
    const token = refusal({ "INPUT_GITHUB-TOKEN": "hidden value" });
    const url = refusal({ "INPUT_SNAPTRADE-API-URL": "https://name:hidden@x" });
    const recipient = refusal({ "INPUT_RECOVERY-RECIPIENT": "AGE-SECRET-KEY-1hidden" });
    const saveTo = refusal({ "INPUT_USER-SECRET": "hidden-VALUE", "INPUT_SAVE-TO": "A\nHIDDEN-VALUE --env x" });
    for (const { words } of [token, url, recipient, saveTo]) expect(words).not.toMatch(/hidden/i);
    expect(saveTo.words).toContain("must not contain the value of user-secret");
  });
});

test("a proxy that is none is refused by main, and keeps post from nothing but asking", () => {
  const before = process.env["ALL_PROXY"];
  process.env["ALL_PROXY"] = "socks5://127.0.0.1:1055";
  try {
    expect(refusal({}).about).toBe("HTTPS_PROXY");
    expect(parseInputs(SOUND).mode).toBe("rotate");
    expect(() => refuseProxies(parseInputs(SOUND))).toThrow(Refusal);
  } finally {
    if (before === undefined) delete process.env["ALL_PROXY"];
    else process.env["ALL_PROXY"] = before;
  }
});

describe("whatever is given", () => {
  const names = Object.keys(SOUND).concat(
    "INPUT_MODE",
    "INPUT_MIN-AGE",
    "INPUT_RESET-TIMEOUT",
    "INPUT_EXPORT-ENV",
    "INPUT_SNAPTRADE-API-URL",
    "NODE_OPTIONS",
    "NODE_DEBUG",
  );

  test("is read, or refused in one printable line", () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), anyText({ maxLength: 30 }), (name, value) => {
        const said = isAccepted({ [name]: value }) ? "nothing" : refusal({ [name]: value }).words;
        expect(said).toMatch(/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("what is masked before anything is read", () => {
  test("is every secret that is there, however bad the rest", () => {
    const all = secretInputs({ ...SOUND, GITHUB_EVENT_NAME: "pull_request", "INPUT_GITHUB-TOKEN": "" });
    expect(all.map(({ value }) => value.reveal())).toEqual(["user-secret-value", "consumer-key-value"]);
  });

  test("is nothing that is refused for being too short: its mask would tear up the refusal", () => {
    expect(secretInputs({ ...SOUND, "INPUT_USER-SECRET": "secret", "INPUT_CONSUMER-KEY": "x" })).toHaveLength(1);
  });
});

describe("what a box is kept free of", () => {
  test("is every value that was given, line by line as GitHub masks it", () => {
    const given = givenValues({ ...SOUND, "INPUT_SAVE-TO": "ONE\r\n  TWO --env x\n\n", INPUT_CREATE: "" });
    expect(given.map((value) => value.reveal())).toEqual([
      "client",
      "consumer-key-value",
      "user",
      "user-secret-value",
      "ONE",
      "TWO --env x",
      "token-value",
    ]);
  });
});
