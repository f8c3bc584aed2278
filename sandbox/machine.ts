/** How the machine's network differs from this one's, as far as a Node that runs there can tell. */
export interface Machine {
  /** Names that only this machine knows, with their addresses. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
  /** From the first look-up of one of these names on they have no address for so long. */
  readonly namesFailForMs?: number;
  /** Every TCP connection takes so long to be made. */
  readonly connectMs?: number;
}

/** Runs in the action's process before the action itself, so it is JavaScript and needs nothing but Node. */
const PRELOAD = `
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
const { names = {}, namesFailForMs = 0, connectMs = 0 } = MACHINE;
const { lookup } = dns;
let failsUntil;
dns.lookup = (name, options, callback) => {
  const done = typeof options === "function" ? options : callback;
  const addresses = names[name];
  if (addresses === undefined) return lookup(name, options, callback);
  failsUntil ??= performance.now() + namesFailForMs;
  if (performance.now() < failsUntil) {
    const error = new Error("getaddrinfo EAI_AGAIN " + name);
    const told = { errno: -3001, code: "EAI_AGAIN", syscall: "getaddrinfo", hostname: name };
    return process.nextTick(done, Object.assign(error, told));
  }
  const found = addresses.map((address) => ({ address, family: 4 }));
  if (typeof options === "object" && options?.all) process.nextTick(done, null, found);
  else process.nextTick(done, null, found[0].address, 4);
};
syncBuiltinESMExports();
if (connectMs > 0) {
  const { TCP } = process.binding("tcp_wrap");
  const { connect } = TCP.prototype;
  TCP.prototype.connect = function (request, ...rest) {
    const { oncomplete } = request;
    const late = function (...told) {
      setTimeout(() => {
        if (request.oncomplete === late) oncomplete.apply(this, told);
      }, connectMs);
    };
    request.oncomplete = late;
    return connect.call(this, request, ...rest);
  };
}
`;

/** Arguments with which Node believes that it runs on such a machine. It is told so in no variable, for the action refuses some. */
export function nodeArgsFor(machine: Machine): readonly string[] {
  const text = PRELOAD.replace("MACHINE", JSON.stringify(machine));
  return ["--import", `data:text/javascript,${encodeURIComponent(text)}`];
}
