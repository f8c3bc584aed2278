import { getProxyForUrl } from "proxy-from-env";

/** The variables that may name a proxy for https. */
const VARIABLES = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] as const;

/**
 * The proxy for a URL by the usual variables (HTTPS_PROXY, NO_PROXY, in either case), null for none.
 * Plain http is only ever spoken to this machine itself, so it never goes through a proxy.
 * @throws {TypeError | URIError} if the variable does not hold the URL of an HTTP proxy.
 */
export function proxyFor(url: URL): URL | null {
  if (url.protocol !== "https:") return null;
  const proxy = getProxyForUrl(url.href);
  if (proxy === "") return null;
  // A proxy without a scheme is spoken to in plain HTTP, as curl does; the library would add https.
  const isAsWritten = VARIABLES.some((name) => process.env[name] === proxy);
  const parsed = new URL(isAsWritten ? proxy : proxy.replace(/^https:/, "http:"));
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") throw new TypeError("not an HTTP proxy");
  proxyAuthorization(parsed);
  return parsed;
}

/** The value of a Proxy-Authorization header, null if the proxy's URL has no credentials. */
export function proxyAuthorization(proxy: URL): string | null {
  if (proxy.username === "" && proxy.password === "") return null;
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return `Basic ${Buffer.from(credentials).toString("base64")}`;
}
