import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

import type { SnapTradeRequest } from "./events";
import { SnapTradeFaults } from "./faults";
import type { Fault, ResetFacts, ResetFault } from "./faults";
import { badClient, badSecret, badSignature, errorReply, isSignedBy, malformed, notFound, resetBody } from "./gate";
import type { Call } from "./gate";
import type { SnapTradeOptions } from "./types";
import { Ledger } from "./ledger";
import { RateMeter } from "./rate-limit";
import { Turnstile } from "./servers";
import type { Server } from "./servers";
import { usersAnswer } from "./users-list";
import type { Delivery, Reply, Wire } from "./wire";

/** What is to be written, and how. `none` writes nothing. */
export interface Answer {
  readonly content: Reply | { readonly raw: Wire } | "none";
  readonly commonHeaders: Readonly<Record<string, string>>;
  readonly delivery?: Delivery | undefined;
}

type Content = Pick<Answer, "content" | "delivery">;

export interface ServiceHooks {
  /** When the first reset request arrived. */
  readonly resetSeenAt: () => number | undefined;
  readonly onCommit: (record: SnapTradeRequest) => Promise<void>;
}

/** What SnapTrade does, without the network: judges calls, keeps the books, and lets the faults have their way. */
export class Service {
  readonly faults = new SnapTradeFaults();
  readonly ledger: Ledger;
  resets = 0;
  /** Every secret that a probe or a reset ever brought, oldest first. */
  readonly asked = new Set<string>();
  readonly #turnstile = new Turnstile();
  readonly #options: SnapTradeOptions;
  readonly #hooks: ServiceHooks;
  readonly #meter = new RateMeter();
  readonly #closing = new AbortController();
  #secretsMade = 0;

  constructor(options: SnapTradeOptions, hooks: ServiceHooks) {
    this.#options = options;
    this.#hooks = hooks;
    this.ledger = new Ledger(options.users);
    this.faults.acceptsAnySecret = options.acceptsAnySecret ?? false;
    this.faults.resetNeedsOldSecret = options.resetNeedsOldSecret ?? true;
    this.faults.clockSkewMs = options.clockSkewMs ?? 0;
    this.faults.latencyMs = options.latencyMs ?? 0;
    this.faults.rateLimit = options.rateLimit ?? this.faults.rateLimit;
  }

  rotateBehindBack(userId: string): string {
    const secret = this.#makeSecret();
    this.ledger.replace(userId, secret);
    return secret;
  }

  async answer(call: Call, request: IncomingMessage, record: SnapTradeRequest): Promise<Answer> {
    const brought = call.parameters.get("userSecret");
    if (brought !== undefined) this.asked.add(brought);
    const refusal = this.#refusal(call, request);
    const commonHeaders = {
      Date: new Date(this.#clock()).toUTCString(),
      "X-Request-ID": randomBytes(16).toString("hex"),
      ...this.#meter.headers(this.faults.rateLimit, this.#clock()),
    };
    const content = refusal === undefined ? await this.#content(call, record, commonHeaders) : { content: refusal };
    return { ...content, commonHeaders };
  }

  /** Does something later unless the stand-in was closed by then. */
  async later(ms: number, act: () => Promise<unknown>): Promise<void> {
    const open = await pause(ms, true, { signal: this.#closing.signal }).catch(() => false);
    if (open) {
      await act();
    }
  }

  close(): void {
    this.#closing.abort();
  }

  /** What keeps a call from being looked at. */
  #refusal(call: Call, request: IncomingMessage): Reply | undefined {
    if (call.route === "unknown") {
      return notFound();
    }
    const flaw = malformed(call, request);
    if (flaw !== undefined || call.route === "status") {
      return flaw;
    }
    const { clientOff, unknownClient, rateLimit } = this.faults;
    const clientId = call.parameters.get("clientId");
    if (clientId !== undefined && clientId !== this.#options.clientId) {
      return badClient(unknownClient, clientId);
    }
    if (clientId !== undefined && clientOff !== undefined) {
      return badClient(clientOff, clientId);
    }
    if (!isSignedBy(this.#options, call, request, this.#clock())) {
      return badSignature();
    }
    return this.#meter.admits(rateLimit) ? undefined : this.#meter.refusal(rateLimit, this.#clock());
  }

  async #content(call: Call, record: SnapTradeRequest, common: Answer["commonHeaders"]): Promise<Content> {
    switch (call.route) {
      case "status":
        return json({ version: 153, timestamp: new Date(this.#clock()).toISOString(), online: true });
      case "users":
        return this.#users(call, common);
      case "authorizations":
      case "accounts":
        return this.#list(call, record, common);
      case "reset":
        return this.#reset(call, record, common);
      case "unknown":
        return { content: notFound() };
    }
  }

  #users(call: Call, commonHeaders: Answer["commonHeaders"]): Content {
    const facts = this.#facts(call, { userId: "", oldSecret: "", newSecret: "", commonHeaders });
    return shaped({ answer: usersAnswer(this.faults.usersList, this.ledger.userIds()) }, facts, json([]));
  }

  #list(call: Call, record: SnapTradeRequest, commonHeaders: Answer["commonHeaders"]): Content {
    const userId = call.parameters.get("userId") ?? "";
    const oldSecret = call.parameters.get("userSecret") ?? "";
    const phase = this.#hooks.resetSeenAt() === undefined ? "before-reset" : "after-reset";
    const said = call.route === "authorizations" ? this.#said(userId, oldSecret, phase) : "truth";
    if (said === "error") {
      return { content: errorReply(500, "1000", "Encountered an unexpected exception.") };
    }
    const about = said === "truth" ? (this.#isLive(userId, oldSecret) ? "live" : "dead") : said;
    record.secretWas = about;
    const regular = about === "live" ? json([]) : { content: badSecret(this.faults.refusalDetail) };
    if (call.route !== "authorizations") {
      return regular;
    }
    const newSecret = this.ledger.inForce(userId) ?? "";
    const facts = this.#facts(call, { userId, oldSecret, newSecret, commonHeaders });
    return shaped(this.faults.nextForProbe({ phase, about }), facts, regular);
  }

  /** What a script or one of several servers has a probe told. */
  #said(userId: string, secret: string, phase: "after-reset" | "before-reset"): "dead" | "error" | "live" | "truth" {
    const ever = this.ledger.everInForce(userId);
    const role = secret === ever[0] ? "first" : ever.includes(secret) ? "later" : "never";
    const scripted = this.faults.scripts.next(role, phase);
    if (scripted !== "truth") return scripted === "live" ? "live" : "dead";
    if (this.faults.servers === undefined || ever.length === 0) return "truth";
    const server = this.#turnstile.next(this.faults.servers, secret, this.#hooks.resetSeenAt());
    if (server.always === "error") return "error";
    if (server.always !== undefined) return server.always === "accepts" ? "live" : "dead";
    return this.#isLive(userId, secret, server) ? "live" : "dead";
  }

  #facts(call: Call, facts: Omit<ResetFacts, "decoy" | "target">): ResetFacts {
    return { ...facts, decoy: randomUUID(), target: `${call.path}?${call.query}` };
  }

  async #reset(call: Call, record: SnapTradeRequest, commonHeaders: Answer["commonHeaders"]): Promise<Content> {
    const body = resetBody(call.body);
    if ("status" in body) {
      return { content: body };
    }
    const { userId, userSecret: oldSecret } = body;
    this.asked.add(oldSecret);
    const fault: ResetFault = this.faults.nextForReset() ?? {};
    const { commit = "at-once" } = fault;
    if (fault.overtaken === true && this.ledger.inForce(userId) !== undefined) {
      this.rotateBehindBack(userId);
    }
    record.secretWas = this.ledger.inForce(userId) === oldSecret ? "live" : "dead";
    const made = this.#makeSecret();
    const newSecret = fault.secret?.(made) ?? made;
    if (commit === "at-once" && !(await this.#commit(userId, oldSecret, newSecret, record))) {
      return { content: badSecret(this.faults.refusalDetail), delivery: fault.delivery };
    }
    if (typeof commit === "object") {
      void this.later(commit.lateMs, () => this.#commit(userId, oldSecret, newSecret, record));
    }
    const facts = this.#facts(call, { userId, oldSecret, newSecret, commonHeaders });
    return shaped(fault, facts, json({ userId, userSecret: newSecret }));
  }

  /** Compares and swaps, in one turn of the event loop. */
  async #commit(userId: string, oldSecret: string, newSecret: string, record: SnapTradeRequest): Promise<boolean> {
    const inForce = this.ledger.inForce(userId);
    const anyWillDo = this.faults.acceptsAnySecret || !this.faults.resetNeedsOldSecret;
    if (inForce === undefined || !(anyWillDo || inForce === oldSecret)) {
      return false;
    }
    this.ledger.replace(userId, newSecret);
    this.resets += 1;
    record.committedAt = performance.now();
    await this.#hooks.onCommit(record);
    return true;
  }

  #isLive(userId: string, secret: string, server: Server = {}): boolean {
    const { acceptsAnySecret, oldStaysLiveMs, newLiveAfterMs } = this.faults;
    return acceptsAnySecret
      ? this.ledger.inForce(userId) !== undefined
      : this.ledger.isLive(userId, secret, { oldStaysLiveMs, newLiveAfterMs, ...server });
  }

  #makeSecret(): string {
    this.#secretsMade += 1;
    return this.#options.nextSecret?.(this.#secretsMade) ?? randomUUID();
  }

  #clock(): number {
    return Date.now() + this.faults.clockSkewMs;
  }
}

function json(body: unknown): Content {
  return { content: { status: 200, body: JSON.stringify(body) } };
}

/** The regular answer as the fault has it. */
function shaped(fault: Fault | undefined, facts: ResetFacts, regular: Content): Content {
  if (fault === undefined) {
    return regular;
  }
  const { answer, delivery } = fault;
  if (answer === undefined) {
    return { ...regular, delivery };
  }
  const content = answer === "none" ? "none" : answer(facts);
  return content === undefined ? regular : { content, delivery };
}
