import net from "node:net";

/** The variables that may name a proxy for https. The first one that is set counts. */
const VARIABLES = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] as const;
/** The variables that list the hosts to connect to directly. */
const EXEMPTIONS = ["no_proxy", "NO_PROXY"] as const;

/**
 * The proxy for a URL by the usual variables (HTTPS_PROXY, NO_PROXY, in either case); null for none. Plain http is only
 * used for this machine itself, so it never goes through a proxy.
 * @throws {TypeError | URIError} if the variable is not the URL of an HTTP proxy.
 */
export function proxyFor(url: URL): URL | null {
  if (url.protocol !== "https:") return null;
  const proxy = firstOf(VARIABLES);
  if (proxy === "" || isExempt(url, firstOf(EXEMPTIONS))) return null;
  // A proxy without a scheme is an HTTP proxy, as in curl.
  const parsed = new URL(proxy.includes("://") ? proxy : `http://${proxy}`);
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") throw new TypeError("not an HTTP proxy");
  proxyAuthorization(parsed);
  return parsed;
}

function firstOf(names: readonly string[]): string {
  return names.map((name) => process.env[name] ?? "").find((value) => value !== "") ?? "";
}

/**
 * Reads NO_PROXY as curl does: `corp.test` and `.corp.test` match the host and its subdomains, an address matches
 * itself, `10.0.0.0/8` a range, `*` everything. The `host:port` and `*.corp.test` of other programs are accepted too.
 */
function isExempt(url: URL, list: string): boolean {
  const host = plainHost(url.hostname);
  const port = url.port === "" ? "443" : url.port;
  return list.split(/[\s,]+/).some((entry) => {
    const { name, port: onlyPort } = splitPort(entry.toLowerCase());
    if (name === "" || (onlyPort !== null && onlyPort !== port)) return false;
    return name === "*" || (net.isIP(host) === 0 ? isBelow(host, name) : isWithin(host, name));
  });
}

/** Without the brackets of an address, and without a name's trailing dot. */
function plainHost(text: string): string {
  return text.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
}

/** An IPv6 address contains colons, and has a port only after brackets. */
function splitPort(entry: string): { readonly name: string; readonly port: string | null } {
  const [, name, port] = /^(\[.+\]|[^:]+):(\d+)$/.exec(entry) ?? [];
  return { name: plainHost(name ?? entry), port: port ?? null };
}

function isBelow(host: string, name: string): boolean {
  const domain = name.replace(/^\*?\.+/, "");
  return domain !== "" && (host === domain || host.endsWith(`.${domain}`));
}

function isWithin(address: string, entry: string): boolean {
  const [start = "", bits] = entry.split("/");
  const family = net.isIPv6(start) ? "ipv6" : "ipv4";
  const range = new net.BlockList();
  try {
    if (bits === undefined) range.addAddress(start, family);
    else range.addSubnet(start, /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN, family);
  } catch {
    // Neither an address nor a range.
    return false;
  }
  return range.check(address, net.isIPv6(address) ? "ipv6" : "ipv4");
}

/** The value of a Proxy-Authorization header; null if the proxy's URL has no credentials. */
export function proxyAuthorization(proxy: URL): string | null {
  if (proxy.username === "" && proxy.password === "") return null;
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return `Basic ${Buffer.from(credentials).toString("base64")}`;
}
