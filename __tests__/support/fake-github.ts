import type { Answer } from "../../src/github/answer";
import type { GitHub, LaneName, Travel } from "../../src/github/client";
import { ServerClock } from "../../src/github/server-clock";
import type { Attempt } from "../../src/rotation/model";

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

export function answered(data: unknown, status = 200): Attempt<Answer> {
  const text = data === undefined ? "" : JSON.stringify(data);
  return { ok: true, value: { status, data, text, serverTime: 1_000, tokenExpiresAt: null, allowance: null } };
}

/** GitHub's clock. */
export const NOW = Date.parse("2026-11-26T00:13:23.456Z");

/** GitHub's API as a table from `METHOD path` to an answer; what is not in it is missing. */
export class FakeGitHub implements GitHub {
  readonly calls: Call[] = [];
  /** How each call travelled. */
  readonly travels: Travel[] = [];
  readonly hostname: string | null;
  readonly answers: Map<string, Attempt<Answer>>;

  constructor(answers: Readonly<Record<string, Attempt<Answer>>>, hostname: string | null = null) {
    this.answers = new Map(Object.entries(answers));
    this.hostname = hostname;
  }

  async call(
    method: "GET" | "PUT" | "DELETE",
    path: string,
    body?: Call["body"],
    travel: Travel = {},
  ): Promise<Attempt<Answer>> {
    this.calls.push({ method, path, body });
    this.travels.push(travel);
    const fault = { cause: "missing", answered: true, retryAfterMs: null, detail: "404", permission: null } as const;
    return await Promise.resolve(this.answers.get(`${method} ${path}`) ?? { ok: false, fault });
  }

  now(): number {
    return NOW;
  }

  readonly clock = new ServerClock();

  freeLane(): LaneName {
    return "first";
  }

  async load(): Promise<void> {
    await Promise.resolve();
  }

  async keepWarm<T>(work: () => Promise<T>): Promise<T> {
    return await work();
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }
}
