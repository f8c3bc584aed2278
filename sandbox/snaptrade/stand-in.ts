import type { IncomingMessage } from "node:http";

import { Bell } from "./events";
import type { SnapTradeEvent, SnapTradeHandler, SnapTradeRequest } from "./events";
import type { SnapTradeFaults } from "./faults";
import { routeOf, splitUrl } from "./gate";
import type { Call, Route } from "./gate";
import type { SnapTradeOptions, SnapTradeStandIn } from "./types";
import { Listener } from "./listener";
import type { Connection } from "./listener";
import { Service } from "./service";
import type { Answer } from "./service";
import { answerBytes, deliver, saidHeaders } from "./wire";
import type { Delivery } from "./wire";

/** The service on the network: takes requests in, records them, and writes the bytes that the service decided on. */
export class StandIn implements SnapTradeStandIn {
  readonly requests: SnapTradeRequest[] = [];
  readonly #service: Service;
  readonly #listener: Listener;
  readonly #bell = new Bell();
  readonly #scheme: string;

  constructor(options: SnapTradeOptions) {
    this.#scheme = options.tls === undefined ? "http://127.0.0.1" : "https://localhost";
    this.#service = new Service(options, {
      resetSeenAt: () => this.requests.find(({ method, path }) => routeOf(method, path) === "reset")?.at,
      onCommit: (record) => this.#bell.ring("reset-committed", record),
    });
    this.#listener = new Listener({
      tls: options.tls,
      onRequest: (request, connection) => void this.#serve(request, connection),
      strikesHello: () => {
        const strikes = this.faults.handshakesToStrike > 0;
        if (strikes) this.faults.handshakesToStrike -= 1;
        return strikes;
      },
      strikes: (firstBytes, connection) => this.#strikes(firstBytes, connection),
    });
  }

  get port(): number {
    return this.#listener.port;
  }

  get url(): string {
    return `${this.#scheme}:${this.port}`;
  }

  get faults(): SnapTradeFaults {
    return this.#service.faults;
  }

  get resets(): number {
    return this.#service.resets;
  }

  get resetRequests(): number {
    return this.requests.filter(({ method, path }) => routeOf(method, path) === "reset").length;
  }

  get userIds(): readonly string[] {
    return this.#service.ledger.userIds();
  }

  secretInForce(userId: string): string | undefined {
    return this.#service.ledger.inForce(userId);
  }

  everInForce(userId: string): readonly string[] {
    return this.#service.ledger.everInForce(userId);
  }

  get secretsAsked(): readonly string[] {
    return [...this.#service.asked];
  }

  rotateBehindBack(userId: string): string {
    return this.#service.rotateBehindBack(userId);
  }

  restoreFirst(userId: string): void {
    const { ledger } = this.#service;
    const [first] = ledger.everInForce(userId);
    if (first !== undefined) ledger.replace(userId, first);
  }

  async goDown({ forMs }: { readonly forMs?: number } = {}): Promise<void> {
    await this.#listener.down();
    if (forMs !== undefined) {
      void this.#service.later(forMs, () => this.comeUp());
    }
  }

  comeUp(): Promise<void> {
    return this.#listener.up();
  }

  on(event: SnapTradeEvent, handler: SnapTradeHandler): () => void {
    return this.#bell.on(event, handler);
  }

  waitFor(event: SnapTradeEvent): Promise<SnapTradeRequest> {
    return new Promise((resolve) => {
      const off = this.on(event, (request) => {
        off();
        resolve(request);
      });
    });
  }

  async close(): Promise<void> {
    this.#service.close();
    await this.#listener.close();
  }

  /** The first letter tells the reset: it is the only POST. */
  #strikes(firstBytes: Buffer, connection: Connection): boolean {
    if (firstBytes[0] !== "P".charCodeAt(0) || !this.faults.strikesFirstByte()) {
      return false;
    }
    this.#record("POST", "/snapTrade/resetUserSecret", undefined, connection);
    return true;
  }

  async #serve(request: IncomingMessage, connection: Connection): Promise<void> {
    const method = request.method ?? "";
    const { path, query } = splitUrl(request.url ?? "");
    const route = routeOf(method, path);
    const record = this.#record(method, path, request.headers["accept-encoding"], connection);
    const name = eventName(route);
    if (name !== undefined) {
      await this.#bell.ring(`${name}-arrived`, record);
    }
    if (route === "reset" && this.faults.strikesFirstByte()) {
      connection.reset();
      return;
    }
    const body = await bodyOf(request);
    if (body === undefined) {
      return;
    }
    record.readAt = performance.now();
    record.asked = { target: request.url ?? "", headers: request.headers, body };
    const call: Call = { route, path, query, body, parameters: new Map(new URLSearchParams(query)) };
    const answer = await this.#service.answer(call, request, record);
    await this.#write(answer, record, connection, isLastOnConnection(request));
    if (name !== undefined) {
      await this.#bell.ring(`${name}-answered`, record);
    }
  }

  #record(method: string, path: string, acceptEncoding: string | undefined, connection: Connection): SnapTradeRequest {
    const record: SnapTradeRequest = {
      method,
      path,
      connection: connection.id,
      index: connection.requests,
      connectedAt: connection.openedAt,
      at: performance.now(),
      acceptEncoding,
    };
    connection.requests += 1;
    this.requests.push(record);
    return record;
  }

  async #write(answer: Answer, record: SnapTradeRequest, connection: Connection, isLast: boolean): Promise<void> {
    const { content, commonHeaders, delivery = {} } = answer;
    const { latencyMs, sliceBytes, dripMs, framing } = this.faults;
    const regularEnding = isLast && delivery.cutAfter === undefined && content !== "none" ? "fin" : undefined;
    const plan: Delivery = {
      sliceBytes,
      pauseMs: dripMs,
      ...delivery,
      delayMs: latencyMs + (delivery.delayMs ?? 0),
      ending: delivery.ending ?? regularEnding,
    };
    if (content === "none") {
      await deliver(connection, [], plan);
    } else if ("raw" in content) {
      await deliver(connection, content.raw, plan);
    } else {
      record.status = content.status;
      const headers = isLast ? { ...commonHeaders, Connection: "close" } : commonHeaders;
      const { status, body, strays } = content;
      record.said = { status, headers: saidHeaders(content, headers), body: body.toString(), strays };
      await deliver(connection, answerBytes(content, headers, framing), plan);
    }
    record.answeredAt = performance.now();
  }
}

function eventName(route: Route): "reset" | "probe" | undefined {
  if (route === "authorizations") {
    return "probe";
  }
  return route === "reset" ? "reset" : undefined;
}

function isLastOnConnection(request: IncomingMessage): boolean {
  return request.headers.connection?.toLowerCase() === "close" || request.httpVersion === "1.0";
}

/** The whole body, or nothing when the client went away before its end. */
function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.once("end", () => resolve(Buffer.concat(parts).toString()));
    request.once("error", () => resolve(undefined));
    request.once("close", () => resolve(undefined));
  });
}
