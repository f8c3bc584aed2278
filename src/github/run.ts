import type { Hiding, Instant } from "../rotation/model";
import type { Run } from "../rotation/ports";
import { fieldsOf } from "../text/json";
import type { GitHub } from "./client";
import { findHiding } from "./hiding";
import type { Whereabouts } from "./hiding";

/** The workflow run of this job. Reading it needs Actions: read, which a token for secrets may lack. */
export class GitHubRun implements Run {
  readonly #github: GitHub;
  readonly #whereabouts: Whereabouts;
  readonly #path: string;
  readonly #quote: (text: string) => string | null;

  /** @param quote makes a server's text safe to print; null if it may contain a part of a secret. */
  constructor(
    github: GitHub,
    whereabouts: Whereabouts & { readonly runId: string },
    quote: (text: string) => string | null,
  ) {
    const { repository, runId } = whereabouts;
    this.#github = github;
    this.#whereabouts = whereabouts;
    this.#quote = quote;
    this.#path = `/repos/${repository.owner}/${repository.repo}/actions/runs/${encodeURIComponent(runId)}`;
  }

  stepStartedAt(): Instant {
    return this.#github.now() - performance.now();
  }

  async startedAt(): Promise<Instant | null> {
    const answer = await this.#github.call("GET", this.#path);
    if (!answer.ok) return null;
    const { run_started_at: startedAt } = fieldsOf(answer.value.data);
    const at = typeof startedAt === "string" ? Date.parse(startedAt) : Number.NaN;
    return Number.isNaN(at) ? null : at;
  }

  async hiding(isWanted: () => boolean): Promise<readonly Hiding[]> {
    return await findHiding(this.#whereabouts, { github: this.#github, quote: this.#quote, isWanted });
  }
}
