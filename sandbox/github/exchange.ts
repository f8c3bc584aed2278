import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Access } from "./access";
import type { Answer } from "./answers";
import type { Call } from "./calls";
import type { Effect, Faults, MadeUpAnswer, Plan } from "./faults";
import type { GitHubPolicy } from "./options";
import type { Events, GitHubRequest } from "./records";
import type { Outcome, Routes } from "./routes";
import type { Timers } from "./timers";
import { end, flood, frame, madeUp, shortenList, spoilKey, truncateJson, writeThenEnd } from "./wire";
import type { World } from "./world";

/** What every exchange works with. */
export interface ExchangeParts {
  readonly access: Access;
  readonly events: Events;
  readonly faults: Faults;
  readonly policy: GitHubPolicy;
  readonly routes: Routes;
  readonly timers: Timers;
  readonly world: World;
}

/** One request and its answer, with whatever the armed faults make of them. */
export class Exchange {
  readonly #parts: ExchangeParts;
  readonly #message: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #raw: Socket;
  readonly #call: Call;
  readonly #record: GitHubRequest;

  constructor(
    parts: ExchangeParts,
    wire: { readonly message: IncomingMessage; readonly response: ServerResponse; readonly raw: Socket },
    call: Call,
    record: GitHubRequest,
  ) {
    this.#parts = parts;
    this.#message = wire.message;
    this.#response = wire.response;
    this.#raw = wire.raw;
    this.#call = call;
    this.#record = record;
  }

  async play(): Promise<void> {
    const body = await readBody(this.#message);
    if (body === undefined) return;
    this.#record.asked = { target: this.#message.url ?? "", headers: this.#message.headers, body };
    const { events, faults, policy, timers } = this.#parts;
    await events.emit("arrived", this.#record);
    const plan = faults.take(this.#record);
    await timers.pause(policy.latencyMs / 2);
    for (const effect of plan.effects) await this.#prepare(effect);
    const outcome = await this.#finalOutcome(plan, body);
    if (outcome === undefined) return;
    await timers.pause(policy.latencyMs / 2);
    for (const effect of plan.effects) {
      if (effect.kind === "slow" && effect.before === "answering") await timers.pause(effect.delayMs);
    }
    await this.#send(outcome, plan);
  }

  /** What a fault does before the request is applied. */
  async #prepare(effect: Effect): Promise<void> {
    if (effect.kind === "slow" && effect.before !== "answering") await this.#parts.timers.pause(effect.delayMs);
    if (effect.kind === "new-key") this.#parts.faults.rotateKey(this.#record.scope);
    if (effect.kind === "act") await effect.act(this.#record);
  }

  /** Applies the request as the plan has it; `undefined` when no answer is left to send. */
  async #finalOutcome(plan: Plan, body: string): Promise<Outcome | undefined> {
    const { final } = plan;
    const apply = async (): Promise<Outcome> => {
      const storeEmpty = plan.effects.some(({ kind }) => kind === "store-empty");
      const outcome = this.#parts.routes.handle(this.#call, this.#message.headers, body, { storeEmpty });
      await this.#parts.events.emit("applied", this.#record);
      return outcome;
    };
    switch (final?.kind) {
      case undefined:
        return apply();
      case "answer":
        if (final.applied === true) await apply();
        return { answer: madeUp(final, plan.leftMs) };
      case "cut":
        if (final.applied) await apply();
        end(this.#message.socket, this.#raw, final.by);
        return undefined;
      case "late":
        this.#parts.timers.later(final.applyAfterMs, () => void apply());
        return this.#meanwhile(final.meanwhile);
      case "flood":
        flood(this.#message.socket, final.megabytes);
        return undefined;
    }
  }

  #meanwhile(meanwhile: MadeUpAnswer | "fin" | "rst" | "stall"): Outcome | undefined {
    if (typeof meanwhile !== "string") return { answer: madeUp(meanwhile, 0) };
    end(this.#message.socket, this.#raw, meanwhile);
    return undefined;
  }

  async #send(outcome: Outcome, plan: Plan): Promise<void> {
    const answer = this.#complete(this.#shape(outcome.answer, plan));
    const { socket } = this.#message;
    const cut = plan.effects.find((effect) => effect.kind === "cut-answer");
    const bytes = frame(answer);
    this.#record.answerBytes = bytes.length;
    if (cut !== undefined && cut.afterBytes < bytes.length) {
      writeThenEnd(socket, this.#raw, bytes.subarray(0, cut.afterBytes), cut.by);
      return;
    }
    if (socket.destroyed) return;
    this.#record.status = answer.status;
    const { status, headers = {}, body = "", strays } = answer;
    this.#record.said = { status, headers, body, strays };
    await this.#parts.events.emit("answered", this.#record);
    this.#response.once("finish", () => {
      this.#record.answeredAt = performance.now();
      if (outcome.write !== undefined) outcome.write.acknowledged = true;
    });
    this.#response.sendDate = false;
    const length = answer.status === 204 ? {} : { "content-length": Buffer.byteLength(answer.body ?? "") };
    this.#response.writeHead(answer.status, { ...answer.headers, ...length });
    this.#response.end(answer.body);
  }

  #shape(answer: Answer, plan: Plan): Answer {
    let shaped = answer;
    for (const effect of plan.effects) {
      if (effect.kind === "bad-key")
        shaped = spoilKey(shaped, effect.key, this.#parts.world.keyId(this.#call.place?.app ?? "actions"));
      if (effect.kind === "truncated-json") shaped = truncateJson(shaped);
      if (effect.kind === "empty-body") shaped = { ...shaped, body: "", strays: "body" };
      if (effect.kind === "shorten-list") shaped = shortenList(shaped, effect.by);
    }
    return shaped;
  }

  /** Every answer of one kind has the same length, so that it can be cut after each of its bytes in turn. */
  #complete(answer: Answer): Answer {
    const requestId = randomUUID().toUpperCase().replaceAll("-", ":");
    const connection = this.#message.headers.connection?.toLowerCase() === "close" ? "close" : "keep-alive";
    const usual = this.#parts.access.headers(this.#call, requestId);
    return { ...answer, headers: { ...usual, connection, ...answer.headers } };
  }
}

/** The whole body, or `undefined` if the client went away before it was complete. */
function readBody(message: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    message.on("data", (chunk: Buffer) => void chunks.push(chunk));
    message.once("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    message.once("close", () => resolve(undefined));
    message.once("error", () => resolve(undefined));
  });
}
