import { getProxyForUrl } from "proxy-from-env";

/**
 * The proxy for a URL by the usual variables (HTTPS_PROXY, NO_PROXY, in either case), null for none.
 * Plain http is only ever spoken to this machine itself, so it never goes through a proxy.
 * @throws {TypeError} if the variable does not hold a URL.
 */
export function proxyFor(url: URL): URL | null {
  if (url.protocol !== "https:") return null;
  const proxy = getProxyForUrl(url.href);
  return proxy === "" ? null : new URL(proxy);
}

/** The value of a Proxy-Authorization header, null if the proxy's URL has no credentials. */
export function proxyAuthorization(proxy: URL): string | null {
  if (proxy.username === "" && proxy.password === "") return null;
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return `Basic ${Buffer.from(credentials).toString("base64")}`;
}
