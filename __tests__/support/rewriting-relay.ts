import { createServer, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";

/** A request on its way to a local fake. */
export interface Passing {
  readonly method: string;
  /** As sent, with the query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An answer on its way back. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** What the service gets wrong that the relay and the fake behind it make up together. */
export interface Mistake {
  /** The request as it goes on, or the answer that it gets instead. */
  readonly asked?: (passing: Passing) => Answer | Passing;
  readonly answered?: (body: string, passing: Passing) => string;
}

export interface RewritingRelay {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Stands between a client and a local fake, and turns the two into a service that is wrong in one way, so that a test
 * can show that the client would notice. It listens on a unix socket where one is given, else on 127.0.0.1.
 */
export async function startRewritingRelay(
  targetUrl: string,
  mistake: Mistake,
  socketPath?: string,
): Promise<RewritingRelay> {
  const server = createServer((incoming, response) => {
    void pass(incoming, targetUrl, mistake).then(({ status, type, body }) => {
      response.writeHead(status, { "content-type": type, connection: "close" }).end(body);
    });
  });
  await new Promise<void>((resolve) => {
    if (socketPath === undefined) server.listen(0, "127.0.0.1", resolve);
    else server.listen(socketPath, resolve);
  });
  const address = server.address();
  return {
    url: typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "",
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

async function pass(incoming: IncomingMessage, targetUrl: string, mistake: Mistake): Promise<Answer> {
  const { method = "", url: target = "", headers } = incoming;
  const passing: Passing = { method, target, headers, body: await textOf(incoming) };
  const asked = mistake.asked?.(passing) ?? passing;
  if ("status" in asked) return asked;
  const answer = await forward(asked, targetUrl);
  return { ...answer, body: mistake.answered?.(answer.body, passing) ?? answer.body };
}

/** Headers about one connection and one body, which both are others behind the relay. */
const OF_ONE_WAY = ["connection", "content-length", "transfer-encoding"];

/** Sends the target as it is: a client that is cleverer would write it in another way than it was signed. */
function forward({ method, target, headers, body }: Passing, targetUrl: string): Promise<Answer> {
  const others = Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_ONE_WAY.includes(name)));
  const { hostname, port } = new URL(targetUrl);
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, method, path: target, headers: others, agent: false }, (incoming) => {
      const { statusCode: status = 0, headers: received } = incoming;
      textOf(incoming).then((text) => resolve({ status, type: received["content-type"] ?? "", body: text }), reject);
    });
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
