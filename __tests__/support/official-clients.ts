import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Snaptrade, SnaptradeAuth } from "snaptrade-typescript-sdk";
import { parsed } from "./json";
import type { Addresses } from "./served";

/** Where a client finds SnapTrade, and what it signs with. */
export type Credentials = Pick<Addresses["snaptrade"], "clientId" | "consumerKey" | "url">;

/** A user as a client names it. */
export interface User {
  readonly userId: string;
  readonly userSecret: string;
}

/** What came of a call: what the client returned, SnapTrade's refusal, or an answer that the client could not use. */
export type Outcome =
  | { readonly value: unknown }
  | { readonly status: number; readonly refused: unknown }
  | { readonly misunderstood: string };

/** A client that SnapTrade publishes, in whatever language. */
export interface OfficialClient {
  reset(to: Credentials, user: User): Promise<Outcome>;
  /** Lists the brokerage authorizations, which asks whether the secret is valid. */
  authorizations(to: Credentials, user: User): Promise<Outcome>;
  users(to: Credentials): Promise<Outcome>;
  status(to: Credentials): Promise<Outcome>;
  close(): void;
}

/** The one in Python. */
export class PythonClient implements OfficialClient {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #input: NodeJS.WritableStream;

  constructor(python: string) {
    const program = join(import.meta.dirname, "../judges/snaptrade-program.py");
    const child = spawn(python, [program], { env: { PYTHONUTF8: "1" }, stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    this.#input = child.stdin;
    this.#answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  reset(to: Credentials, user: User): Promise<Outcome> {
    return this.#call("reset", to, user);
  }

  authorizations(to: Credentials, user: User): Promise<Outcome> {
    return this.#call("authorizations", to, user);
  }

  users(to: Credentials): Promise<Outcome> {
    return this.#call("users", to);
  }

  status(to: Credentials): Promise<Outcome> {
    return this.#call("status", to);
  }

  /** The signature that the client would send with a request. */
  async signature(target: string, consumerKey: string, body: string): Promise<string> {
    const call = { call: "sign", arguments: { target, consumer_key: consumerKey, body } };
    return parsed<{ readonly value: string }>(await this.#ask(call)).value;
  }

  close(): void {
    this.#input.end();
    this.#child.kill();
  }

  async #call(call: string, { url, clientId, consumerKey }: Credentials, user?: User): Promise<Outcome> {
    const client = { url, client_id: clientId, consumer_key: consumerKey };
    const given = user === undefined ? {} : { user_id: user.userId, user_secret: user.userSecret };
    return parsed<Outcome>(await this.#ask({ call, client, arguments: given }));
  }

  async #ask(call: object): Promise<string> {
    this.#input.write(`${JSON.stringify(call)}\n`);
    const line = await this.#answers.next();
    if (line.done === true) throw new Error("The Python client ended without an answer.");
    return line.value;
  }
}

/** The one in TypeScript. */
export class TypeScriptClient implements OfficialClient {
  reset(to: Credentials, user: User): Promise<Outcome> {
    return outcomeOf(async () => {
      const { userId, userSecret } = (await made(to).authentication.resetSnapTradeUserSecret(user)).data;
      if (userId === undefined || userSecret === undefined) throw new TypeError("a member of the answer is missing");
      return { userId, userSecret };
    });
  }

  authorizations(to: Credentials, user: User): Promise<Outcome> {
    return outcomeOf(async () => (await made(to).connections.listBrokerageAuthorizations(user)).data);
  }

  users(to: Credentials): Promise<Outcome> {
    return outcomeOf(async () => (await made(to).authentication.listSnapTradeUsers()).data);
  }

  status(to: Credentials): Promise<Outcome> {
    return outcomeOf(async () => (await made(to).apiStatus.check()).data);
  }

  close(): void {
    // It is part of this process, and keeps nothing open.
  }
}

/** Its type is a matter of how it signs, so it is left to inference. */
function made({ url, clientId, consumerKey }: Credentials) {
  return new Snaptrade({ auth: SnaptradeAuth.commercialApiKey({ clientId, consumerKey }), basePath: url });
}

async function outcomeOf(call: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { value: await call() };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (!("status" in error) || typeof error.status !== "number" || !("responseBody" in error)) {
      return { misunderstood: `${error.name}: ${error.message}` };
    }
    return { status: error.status, refused: error.responseBody };
  }
}
