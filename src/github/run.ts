import type { Instant, Run } from "../rotation/ports";
import type { GitHub } from "./client";
import { fieldsOf } from "./listing";

/** The workflow run that this job belongs to. Reading it needs Actions: read, which a token for secrets may lack. */
export class GitHubRun implements Run {
  readonly #github: GitHub;
  readonly #path: string;

  constructor(github: GitHub, repository: { readonly owner: string; readonly repo: string }, runId: string) {
    this.#github = github;
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
}
