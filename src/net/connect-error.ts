/**
 * Why a connection failed. `proxy` covers everything up to and including a proxy's answer to CONNECT; `ended` means
 * that the process has no more work.
 */
export type ConnectCause =
  "dns" | "refused" | "unreachable" | "reset" | "tls" | "proxy" | "time-out" | "ended" | "other";

/** The connection failed, so certainly nothing of a request was sent. The message is safe to print. */
export class ConnectError extends Error {
  override readonly name = "ConnectError";
  override readonly cause: ConnectCause;
  /** Node's or OpenSSL's code, e.g. `UNABLE_TO_GET_ISSUER_CERT_LOCALLY`, or the status of a proxy's answer. */
  readonly code: string | null;
  /** Whether another attempt may succeed, which is not the case for an invalid certificate. */
  readonly mayPass: boolean;

  constructor(message: string, cause: ConnectCause, known: { readonly code?: string; readonly mayPass: boolean }) {
    super(message);
    this.cause = cause;
    this.code = known.code ?? null;
    this.mayPass = known.mayPass;
  }
}

/** The target of a connection, and when to stop. The signal's reason is `late` or `ended`. */
export interface Way {
  readonly signal: AbortSignal;
  readonly leadsTo: "server" | "proxy";
}

/** @param error Node's error; null if the signal ended the attempt. */
export function failure(error: NodeJS.ErrnoException | null, { signal, leadsTo }: Way): ConnectError {
  if (signal.aborted && signal.reason === "ended") return new ConnectError(LATE, "ended", { mayPass: false });
  if (error === null) {
    return leadsTo === "proxy"
      ? new ConnectError("no tunnel through the proxy in time", "proxy", { code: "ETIMEDOUT", mayPass: true })
      : new ConnectError(LATE, "time-out", { mayPass: true });
  }
  const code = error.code ?? error.name;
  const cause = causeOf(code);
  const mayPass = cause !== "tls";
  return leadsTo === "proxy"
    ? new ConnectError(`no connection to the proxy: ${code}`, "proxy", { code, mayPass })
    : new ConnectError(`no connection: ${code}`, cause, { code, mayPass });
}

const LATE = "no connection in time";

function causeOf(code: string): ConnectCause {
  switch (code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EAI_FAIL":
    case "ESERVFAIL":
      return "dns";
    case "ECONNREFUSED":
      return "refused";
    case "ECONNRESET":
    case "ECONNABORTED":
    case "EPIPE":
      return "reset";
    case "ETIMEDOUT":
      return "time-out";
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "ENETDOWN":
    case "EHOSTDOWN":
    case "EADDRNOTAVAIL":
      return "unreachable";
    case "EPROTO":
      return "tls";
    default:
      return TLS_CODE.test(code) ? "tls" : "other";
  }
}

/** OpenSSL's codes for an invalid certificate, and Node's for a failed handshake. */
const TLS_CODE =
  /^(?:ERR_(?:SSL|TLS)_\w+|\w*CERT\w*|\w*_(?:CRL|SIGNATURE)\w*|CRL_\w+|INVALID_(?:CA|PURPOSE)|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED)$/;
