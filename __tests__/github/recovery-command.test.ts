import { fc } from "../../harness/draws";
import nacl from "tweetnacl";
import { GitHubSecret } from "../../src/github/destination";
import { readRecoveryCommand } from "../../src/github/recovery-command";
import { Sealer } from "../../src/github/seal";
import { parseSaveTo } from "../../src/inputs/save-to";
import type { Audience, Box, Printed } from "../../src/rotation/model";
import { Refusal } from "../../src/rotation/refusal";
import { Secret } from "../../src/text/secret";
import { FakeGitHub, NOW } from "../support/fake-github";

const HERE = "octo-org/brokerage";
const GITHUB = new URL("https://api.github.com");
const ENTERPRISE = new URL("https://ghe.example/api/v3");
const KEY = Buffer.from(nacl.box.keyPair().publicKey).toString("base64");
const sealer = new Sealer();
beforeAll(async () => await sealer.load());

interface Scene {
  readonly line?: string;
  readonly hostname?: string | null;
  readonly audience?: Audience | null;
}

function boxOf(audience: Audience | null = null): Box {
  return { keyId: "568250167242549743", sealed: sealer.seal(new Secret("new-secret-1"), KEY), audience, sealedAt: NOW };
}

function printedFor({ line = "NAME --env production", hostname = null, audience = null }: Scene = {}): string {
  const [place] = parseSaveTo(line, HERE);
  return new GitHubSecret(place, new FakeGitHub({}, hostname), sealer).command(boxOf(audience));
}

function read(text: string, line = "NAME --env production", apiUrl = GITHUB): Printed {
  const [place] = parseSaveTo(line, HERE);
  return readRecoveryCommand(text, { place, apiUrl });
}

function refusal(text: string, line?: string, apiUrl?: URL): string {
  try {
    read(text, line, apiUrl);
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason.code !== "refused-input") throw error;
    return `${error.reason.input} ${error.reason.problem}`;
  }
  throw new Error("not refused");
}

const SELECTED: Audience = { visibility: "selected", selectedRepositoryIds: [7, 8] };
const ALL: Audience = { visibility: "all", selectedRepositoryIds: null };

describe("a printed command", () => {
  test.each<[string, Scene, URL]>([
    ["of a repository", { line: "NAME" }, GITHUB],
    ["of an environment", {}, GITHUB],
    ["of an environment with a difficult name", { line: `NAME --env "pro's & con/s ~ (é)"` }, GITHUB],
    ["of an organization for selected repositories", { line: "NAME --org octo-org", audience: SELECTED }, GITHUB],
    ["of an organization for all", { line: "NAME --org octo-org", audience: ALL }, GITHUB],
    ["of an Enterprise Server", { hostname: "ghe.example" }, ENTERPRISE],
    [
      "of an organization's Dependabot at an Enterprise Server",
      { line: "NAME --org octo-org --app dependabot", hostname: "ghe.example", audience: SELECTED },
      ENTERPRISE,
    ],
  ])("%s is read as it was printed", (_, scene, apiUrl) => {
    const { sealed, keyId, printedAt } = read(printedFor(scene), scene.line, apiUrl);
    expect(keyId).toBe("568250167242549743");
    expect(printedAt).toBe(Math.floor(NOW / 1000) * 1000);
    expect(printedFor(scene)).toMatch(/ -f encrypted_value=\S+ -f key_id=568250167242549743 /);
    expect(Buffer.from(sealed, "base64")).toHaveLength(48 + "new-secret-1".length);
  });

  test("may be broken anywhere, by whatever white space", () => {
    const command = printedFor({ line: "NAME --org octo-org", audience: SELECTED });
    const whole = read(command, "NAME --org octo-org");
    const space = fc.constantFrom(" ", "\n", "\r\n", "\t", "\u00a0", "\u200b", "\ufeff", "  \n  ");
    const breaks = fc.array(fc.tuple(fc.nat(command.length), space), { maxLength: 30 });
    fc.assert(
      fc.property(breaks, (all) => {
        const text = all.reduce((one, [at, white]) => one.slice(0, at) + white + one.slice(at), command);
        expect(read(text, "NAME --org octo-org")).toEqual(whole);
      }),
    );
  });

  test("may have lost its white space, or have a log's time before it", () => {
    const command = printedFor();
    expect(read(command.replaceAll(" ", ""))).toEqual(read(command));
    expect(read(`2026-11-26T00:13:24.1234567Z ${command}\n`)).toEqual(read(command));
    expect(read(`$ ${command}`)).toEqual(read(command));
  });

  test("is for the same destination in other letters, as GitHub compares", () => {
    expect(read(printedFor({ line: "name --repo Octo-Org/Brokerage --env Production" })).keyId).not.toBe("");
  });

  test("that anything is missing of is refused, and nothing of it is used", () => {
    const command = printedFor();
    const cut = fc.tuple(fc.nat(command.length - 1), fc.integer({ min: 1, max: 40 }));
    fc.assert(
      fc.property(cut, ([at, length]) => {
        const torn = command.slice(0, at) + command.slice(at + length);
        fc.pre(/\S/.test(command.slice(at, at + length)));
        // Without its check digits a key id that lost its end looks whole; GitHub has no such key, so nothing is written.
        fc.pre(!/#\s*printed \S{20}$/.test(torn));
        fc.pre(!(/# check \w{8}, printed \S{20}$/.test(torn) && torn.includes(command.slice(0, -56))));
        expect(refusal(torn)).toMatch(
          /^recovery-command (?:a part of it|not a whole command|the command is for (?:another destination|the host))/,
        );
      }),
      { numRuns: 500 },
    );
  });

  test("of which a part was changed is torn", () => {
    const command = printedFor();
    const at = command.indexOf("encrypted_value=") + 30;
    const other = command[at] === "A" ? "B" : "A";
    expect(refusal(command.slice(0, at) + other + command.slice(at + 1))).toContain(
      "a part of it is missing or was changed",
    );
  });

  test.each(["", "gh api", "anything else", "gh api --method PUT /repos/a/b -f encrypted_value=AAAA -f key_id=1"])(
    "%j is none",
    (text) => {
      expect(refusal(text)).toContain("not a whole command");
    },
  );

  test("with too little, or no base64, in its box is torn", () => {
    const boxed = (sealed: string): string =>
      printedFor()
        .replace(/(encrypted_value=)\S+/, `$1${sealed}`)
        .replace(/check \w{8}, /, "");
    expect(refusal(boxed(Buffer.alloc(48).toString("base64")))).toContain("a part of it is missing or was changed");
    expect(refusal(boxed("AAAAA"))).toContain("a part of it is missing or was changed");
    expect(refusal(boxed(Buffer.alloc(50_000).toString("base64")))).toContain("a part of it is missing or was changed");
    expect(read(boxed(Buffer.alloc(49).toString("base64"))).sealed).toHaveLength(68);
  });

  test("in which GitHub has masked something says so", () => {
    expect(refusal(printedFor().replace("production", "***"))).toContain("contains ***");
  });

  test("printed at a time that there is not is torn", () => {
    expect(refusal(printedFor().replace("2026-11-26", "2026-13-26"))).toContain(
      "a part of it is missing or was changed",
    );
  });

  test("twice is not a whole command", () => {
    expect(refusal(`${printedFor()}\n${printedFor()}`)).toContain("not a whole command");
  });
});

describe("a command for elsewhere", () => {
  test.each(["NAME", "OTHER --env production", "NAME --env staging", "NAME --org octo-org", "NAME --app dependabot"])(
    "printed for %s is refused, and both are named",
    (line) => {
      const words = refusal(printedFor({ line }));
      expect(words).toMatch(/is for another destination: \/(repos|orgs)\//);
    },
  );

  test("printed for another host is refused, and both are named", () => {
    expect(refusal(printedFor({ hostname: "ghe.example" }))).toContain("is for the host ghe.example");
    expect(refusal(printedFor(), "NAME --env production", ENTERPRISE)).toContain("is for the host github.com");
  });
});
