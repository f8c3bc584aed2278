/**
 * What `gh --hostname` calls the server of an API: null for github.com, which is its default, `NAME.ghe.com` for
 * `api.NAME.ghe.com`, and an Enterprise Server's own name. gh takes no port.
 */
export function hostnameOf({ hostname }: URL): string | null {
  if (hostname === "api.github.com") return null;
  return /^api\.([^.]+\.ghe\.com)$/.exec(hostname)?.[1] ?? hostname;
}
