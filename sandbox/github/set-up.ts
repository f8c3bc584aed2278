import { type Answer, json, notFound } from "./answers";
import type { Call } from "./calls";
import type { Clock } from "./clock";
import { environmentAnswer } from "./environments";
import type { SetUpStep } from "./set-up-steps";
import { VariableEndpoints } from "./variables";
import { WorkflowEndpoints } from "./workflows";
import type { Repository, World } from "./world";

/** What the README's set-up asks of GitHub, and the runs that people start manually. */
export class SetUp {
  readonly #world: World;
  readonly #variables: VariableEndpoints;
  readonly #workflows: WorkflowEndpoints;

  constructor(world: World, clock: Clock) {
    this.#world = world;
    this.#variables = new VariableEndpoints(clock);
    this.#workflows = new WorkflowEndpoints(world, clock);
  }

  answer(call: Call, repository: Repository, body: string): Answer {
    return call.step === undefined ? notFound() : this.#answer(call, call.step, repository, body);
  }

  #answer(call: Call, step: SetUpStep, repository: Repository, body: string): Answer {
    switch (step.kind) {
      case "variables":
      case "variable": {
        const vault = this.#world.vault(step.place);
        if (vault === undefined) return notFound();
        if (step.kind === "variables") return this.#variables.ofAll(vault, call, body);
        return this.#variables.ofOne(vault, step.name, call.method, body);
      }
      case "environment":
        return this.#makeEnvironment(call, repository, step.environment, body);
      case "workflows":
        return this.#workflows.list(repository, call);
      case "workflow":
        return this.#workflows.show(repository, step.workflow, call.root);
      case "dispatch":
        return this.#workflows.dispatch(repository, step.workflow, call.root, body);
      case "runs":
        return this.#workflows.runs(repository, call);
    }
  }

  /** Without a body it has no protection rules, as the command of the README asks for it. */
  #makeEnvironment(call: Call, repository: Repository, environment: string, body: string): Answer {
    if (body !== "") return json(422, { message: "This GitHub knows no protection rules." });
    this.#world.addEnvironment(repository.fullName, environment);
    return environmentAnswer(repository, environment, call);
  }
}
