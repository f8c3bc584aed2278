import net from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import tls from "node:tls";
import { ADDRESS_MIN_MS, CONNECT_ATTEMPT_MAX_MS, CONNECT_PAUSE_MAX_MS } from "../timing";
import { ConnectError, failure } from "./connect-error";
import type { Way } from "./connect-error";
import { proxyFor } from "./proxy";
import { openTunnel } from "./tunnel";

export { ConnectError } from "./connect-error";
export type { ConnectCause } from "./connect-error";

/** How connecting is retried. It is always safe, because nothing of a request has been sent. */
export interface Retry {
  /** No attempt begins later than this after the first, in milliseconds. */
  readonly forMs: number;
  /** The pause before the second attempt, in milliseconds; each further one is twice as long, up to two seconds. */
  readonly pauseMs: number;
}

const ONCE: Retry = { forMs: 0, pauseMs: 0 };
/** However short the pauses are. */
const ATTEMPTS_MAX = 24;

/**
 * Opens a new connection to the host of `url`, through its proxy if it has one, and finishes the TLS handshake. Nothing
 * of a request is written yet, which makes "not sent" a certainty.
 * @param timeoutMs for all attempts together, even if a library below them hangs.
 * @throws {ConnectError}
 */
export async function connect(
  url: URL,
  timeoutMs: number,
  lifetime: AbortSignal,
  retry: Retry = ONCE,
): Promise<net.Socket> {
  const startedAt = performance.now();
  const deadline = startedAt + timeoutMs;
  let pauseMs = retry.pauseMs;
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt(url, Math.min(CONNECT_ATTEMPT_MAX_MS, deadline - performance.now()), lifetime);
    } catch (error) {
      const next = performance.now() + pauseMs;
      const isLast = attempts >= ATTEMPTS_MAX || next > startedAt + retry.forMs || next >= deadline;
      if (!(error instanceof ConnectError) || !error.mayPass || isLast) throw error;
    }
    await pause(pauseMs, undefined, { signal: lifetime }).catch(() => undefined);
    pauseMs = Math.min(pauseMs * 2, CONNECT_PAUSE_MAX_MS);
  }
}

/** One attempt, which settles when its time is up even if nothing below it does. */
async function attempt(url: URL, timeoutMs: number, lifetime: AbortSignal): Promise<net.Socket> {
  const ending = new AbortController();
  const end = (): void => ending.abort("ended");
  const timer = setTimeout(() => ending.abort("late"), timeoutMs);
  if (lifetime.aborted) end();
  else lifetime.addEventListener("abort", end, { once: true });
  try {
    return await open(url, ending.signal);
  } finally {
    clearTimeout(timer);
    lifetime.removeEventListener("abort", end);
  }
}

async function open(url: URL, signal: AbortSignal): Promise<net.Socket> {
  const isSecure = url.protocol === "https:";
  const port = Number(url.port) || (isSecure ? 443 : 80);
  const host = bare(url.hostname);
  const proxy = proxyFor(url);
  if (proxy === null) {
    const direct: Way = { signal, leadsTo: "server" };
    const socket = await tcp(host, port, direct);
    return isSecure ? await handshake(socket, host, direct) : socket;
  }
  const socket = await openProxied(proxy, host, port, signal);
  return await handshake(socket, host, { signal, leadsTo: "server" });
}

async function openProxied(proxy: URL, host: string, port: number, signal: AbortSignal): Promise<net.Socket> {
  const way: Way = { signal, leadsTo: "proxy" };
  const isSecure = proxy.protocol === "https:";
  const proxyHost = bare(proxy.hostname);
  const plain = await tcp(proxyHost, Number(proxy.port) || (isSecure ? 443 : 80), way);
  const socket = isSecure ? await handshake(plain, proxyHost, way) : plain;
  await openTunnel(socket, proxy, `${net.isIPv6(host) ? `[${host}]` : host}:${port}`, way);
  return socket;
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}

async function tcp(host: string, port: number, way: Way): Promise<net.Socket> {
  const autoSelectFamilyAttemptTimeout = Math.max(ADDRESS_MIN_MS, net.getDefaultAutoSelectFamilyAttemptTimeout());
  const socket = net.connect({ host, port, autoSelectFamilyAttemptTimeout });
  await ready(socket, "connect", way);
  socket.setNoDelay(true);
  return socket;
}

async function handshake(socket: net.Socket, host: string, way: Way): Promise<net.Socket> {
  const secure = tls.connect({
    socket,
    ...(net.isIP(host) === 0 ? { servername: host } : { host }),
    ALPNProtocols: ["http/1.1"],
  });
  try {
    await ready(secure, "secureConnect", way);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return secure;
}

/** Waits until a socket is ready. On anything else it throws a ConnectError and destroys the socket. */
async function ready(socket: net.Socket, event: "connect" | "secureConnect", way: Way): Promise<void> {
  const { signal } = way;
  await new Promise<void>((resolve, reject) => {
    const settle = (error?: NodeJS.ErrnoException): void => {
      signal.removeEventListener("abort", giveUp);
      socket.removeListener("close", giveUp);
      if (error !== undefined || signal.aborted) {
        socket.destroy();
        reject(failure(error ?? null, way));
      } else resolve();
    };
    const giveUp = (): void => settle(signal.aborted ? undefined : CLOSED);
    // Stays for the socket's lifetime, because an unhandled error event would end the process.
    socket.on("error", settle);
    socket.once("close", giveUp);
    socket.once(event, () => settle());
    if (signal.aborted) giveUp();
    else signal.addEventListener("abort", giveUp, { once: true });
  });
}

const CLOSED: NodeJS.ErrnoException = Object.assign(new Error("closed"), { code: "ECONNRESET" });
