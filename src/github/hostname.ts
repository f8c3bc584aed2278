/**
 * The name of an API's server for `gh --hostname`: null for github.com (the default), `NAME.ghe.com` for
 * `api.NAME.ghe.com`, or an Enterprise Server's own name. gh accepts no port.
 */
export function hostnameOf({ hostname }: URL): string | null {
  if (hostname === "api.github.com") return null;
  return /^api\.([^.]+\.ghe\.com)$/.exec(hostname)?.[1] ?? hostname;
}
