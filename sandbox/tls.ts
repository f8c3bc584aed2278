import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** PEM texts. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** A private certificate authority and what it has signed. */
export interface Authority {
  /** For `NODE_EXTRA_CA_CERTS`. */
  readonly caFile: string;
  /** PEM text. */
  readonly ca: string;
  /** Valid for `localhost`, 127.0.0.1 and the hosts of `corp.test`. */
  readonly server: Identity;
  /** Signed by the same authority, but for a name that is not this machine's. */
  readonly misnamed: Identity;
  /** Valid for `localhost` and 127.0.0.1, until yesterday. */
  readonly expired: Identity;
}

const DAYS_VALID = 30;

/**
 * Makes an authority with the `openssl` command; the files are left in `dir`.
 *
 * @throws Error when the machine has no `openssl`
 */
export async function makeAuthority(dir: string): Promise<Authority> {
  await mkdir(dir, { recursive: true });
  const caFile = join(dir, "ca.pem");
  const caKey = join(dir, "ca.key");
  await openssl(
    ["req", "-x509", ...newKey(caKey), "-out", caFile, "-days", String(DAYS_VALID), "-subj", "/CN=Sandbox authority"],
    ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign"],
  );
  const local = "DNS:localhost,DNS:*.corp.test,IP:127.0.0.1";
  const [server, misnamed, expired] = await Promise.all([
    issue(dir, "server", local, DAYS_VALID),
    issue(dir, "misnamed", "DNS:elsewhere.invalid", DAYS_VALID),
    issue(dir, "expired", local, -1),
  ]);
  return { caFile, ca: await readFile(caFile, "utf8"), server, misnamed, expired };
}

async function issue(dir: string, name: string, subjectAltName: string, days: number): Promise<Identity> {
  const [key, request, cert, extensions] = ["key", "csr", "pem", "ext"].map((end) => join(dir, `${name}.${end}`));
  if (key === undefined || request === undefined || cert === undefined || extensions === undefined) {
    throw new Error("Four file names are expected.");
  }
  await writeFile(
    extensions,
    `subjectAltName=${subjectAltName}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n`,
  );
  await openssl(["req", ...newKey(key), "-out", request, "-subj", `/CN=Sandbox ${name}`]);
  await openssl(
    ["x509", "-req", "-in", request, "-CA", join(dir, "ca.pem"), "-CAkey", join(dir, "ca.key"), "-out", cert],
    ["-set_serial", String(Date.now()), "-days", String(days), "-extfile", extensions],
  );
  return { key: await readFile(key, "utf8"), cert: await readFile(cert, "utf8") };
}

function newKey(file: string): string[] {
  return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", file];
}

async function openssl(...parts: readonly (readonly string[])[]): Promise<void> {
  await run("openssl", parts.flat());
}
