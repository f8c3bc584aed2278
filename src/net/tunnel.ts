import http from "node:http";
import type net from "node:net";
import { ConnectError, failure } from "./connect-error";
import type { Way } from "./connect-error";
import { proxyAuthorization } from "./proxy";

/**
 * Asks a proxy for a tunnel with HTTP's CONNECT, once. Any other answer, or none, is an error.
 * @param authority the host and port to connect to.
 * @throws {ConnectError}
 */
export async function openTunnel(socket: net.Socket, proxy: URL, authority: string, way: Way): Promise<void> {
  const { signal } = way;
  const authorization = proxyAuthorization(proxy);
  const request = http.request({
    createConnection: () => socket,
    method: "CONNECT",
    path: authority,
    headers: { host: authority, ...(authorization === null ? {} : { "proxy-authorization": authorization }) },
    setHost: false,
  });
  try {
    await new Promise<void>((resolve, reject) => {
      const giveUp = (): void => reject(failure(null, way));
      request.once("error", (error: NodeJS.ErrnoException) => reject(unanswered(error)));
      // Some proxies close the connection cleanly without an answer.
      socket.once("close", () => reject(unanswered({})));
      // For a CONNECT, Node emits this for every answer, whatever its status, even for a lone `100 Continue`.
      request.once("connect", ({ statusCode = 0 }) => {
        signal.removeEventListener("abort", giveUp);
        if (statusCode >= 200 && statusCode < 300) resolve();
        else reject(refused(statusCode));
      });
      if (signal.aborted) giveUp();
      else signal.addEventListener("abort", giveUp, { once: true });
      request.end();
    });
  } catch (error) {
    request.on("error", () => undefined);
    socket.destroy();
    throw error;
  }
}

function unanswered({ code = "ECONNRESET" }: { readonly code?: string | undefined }): ConnectError {
  return code.startsWith("HPE_")
    ? new ConnectError("what the proxy answered is no HTTP", "proxy", { code, mayPass: true })
    : new ConnectError("the proxy ended the connection without an answer", "proxy", { code, mayPass: true });
}

/** A gateway error may pass; a proxy that requires a password, or forbids the host, will not change its answer. */
function refused(status: number): ConnectError {
  const known = { code: String(status), mayPass: status < 200 || status >= 500 };
  return new ConnectError(`the proxy answered with status ${status}`, "proxy", known);
}
