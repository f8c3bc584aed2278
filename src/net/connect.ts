import http from "node:http";
import https from "node:https";
import net from "node:net";
import tls from "node:tls";
import { proxyAuthorization, proxyFor } from "./proxy";

/** No connection could be made, so certainly not one byte of a request went out. The message is safe to print. */
export class ConnectError extends Error {
  override readonly name = "ConnectError";
}

/**
 * Opens a fresh connection to the host of `url`, through its proxy if it has one, and finishes the TLS
 * handshake. Nothing of a request is written yet, which is what makes "not sent" a certainty.
 * @throws {ConnectError}
 */
export async function connect(url: URL, timeoutMs: number, lifetime: AbortSignal): Promise<net.Socket> {
  const signal = AbortSignal.any([lifetime, AbortSignal.timeout(timeoutMs)]);
  const proxy = proxyFor(url);
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  const host = bare(url.hostname);
  if (proxy === null && url.protocol === "http:") return await opened(net.connect({ host, port }), "connect", signal);
  const transport = proxy === null ? undefined : await tunnel(proxy, host, port, signal);
  const secure = tls.connect({
    ...(transport === undefined ? { host, port } : { socket: transport }),
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
    ALPNProtocols: ["http/1.1"],
  });
  return await opened(secure, "secureConnect", signal);
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}

async function opened<S extends net.Socket>(
  socket: S,
  event: "connect" | "secureConnect",
  signal: AbortSignal,
): Promise<S> {
  return await new Promise<S>((resolve, reject) => {
    const giveUp = (): void => {
      socket.destroy();
      reject(new ConnectError("no connection in time"));
    };
    const fail = (error: NodeJS.ErrnoException): void => {
      signal.removeEventListener("abort", giveUp);
      reject(new ConnectError(`no connection: ${error.code ?? error.name}`));
    };
    socket.once("error", fail);
    socket.once(event, () => {
      signal.removeEventListener("abort", giveUp);
      socket.removeListener("error", fail);
      socket.setNoDelay(true);
      resolve(socket);
    });
    if (signal.aborted) giveUp();
    else signal.addEventListener("abort", giveUp, { once: true });
  });
}

/** Asks a proxy for a tunnel, as HTTP's CONNECT. */
async function tunnel(proxy: URL, host: string, port: number, signal: AbortSignal): Promise<net.Socket> {
  const authority = `${net.isIPv6(host) ? `[${host}]` : host}:${port}`;
  const authorization = proxyAuthorization(proxy);
  const request = (proxy.protocol === "https:" ? https : http).request({
    host: bare(proxy.hostname),
    port: proxy.port,
    method: "CONNECT",
    path: authority,
    headers: { host: authority, ...(authorization === null ? {} : { "proxy-authorization": authorization }) },
    agent: false,
    signal,
  });
  return await new Promise<net.Socket>((resolve, reject) => {
    request.once("error", (error: NodeJS.ErrnoException) => {
      reject(new ConnectError(`no connection to the proxy: ${error.code ?? error.name}`));
    });
    // For a CONNECT Node tells of every answer so, whatever its status.
    request.once("connect", (response, socket) => {
      if (response.statusCode === 200 && socket instanceof net.Socket) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(new ConnectError(`the proxy answered with status ${response.statusCode ?? 0}`));
    });
    request.end();
  });
}
