import type { WorldFault } from "../named-fault";
import { nodeArgsFor } from "../machine";
import { type Proxy, type ProxyOptions, type Refusing, startProxy } from "../proxy";
import type { Stage } from "../stage";
import { atReset, type Catalogue } from "./ways";

const API = "api.corp.test";
const SHORT_SAVE = { "save-timeout": "5s" } as const;

const started = new WeakMap<Stage, Proxy>();

/** The proxy of a stage on which one of these faults is played. */
export function proxyOf(stage: Stage): Proxy | undefined {
  return started.get(stage);
}

async function startFor(stage: Stage, options: ProxyOptions): Promise<Proxy> {
  const proxy = await startProxy(options);
  started.set(stage, proxy);
  stage.later(() => proxy.close());
  return proxy;
}

/** Both services are reached through a proxy, with which something happens. */
function through(
  says: string,
  befalls: (proxy: Proxy, stage: Stage) => unknown,
  options: ProxyOptions = {},
): WorldFault {
  return {
    says,
    stage: { secure: true, inputs: SHORT_SAVE },
    apply: async (stage) => {
      const proxy = await startFor(stage, options);
      befalls(proxy, stage);
      return { env: { NODE_EXTRA_CA_CERTS: stage.caFile, HTTPS_PROXY: proxy.url } };
    },
  };
}

function fromTheStart(says: string, how: Refusing): WorldFault {
  return through(says, (proxy, { github }) => proxy.refuse(how, { port: github.port }));
}

function fromResetOn(says: string, how: Refusing): WorldFault {
  return through(says, (proxy, stage) => {
    const { port } = stage.github;
    atReset(stage, () => {
      proxy.refuse(how, { port });
      proxy.drop({ port });
    });
  });
}

/** GitHub has a name in the company's network, which the proxy does not serve and NO_PROXY names in some way. */
function served(says: string, noProxy: string, address: "api" | "ip"): WorldFault {
  return {
    says,
    stage: { secure: true },
    apply: async (stage) => {
      const proxy = await startFor(stage, { refuse: 403 });
      const { port } = stage.github;
      const host = new URL(stage.snapTrade.url).hostname;
      return {
        env: { NODE_EXTRA_CA_CERTS: stage.caFile, HTTPS_PROXY: proxy.url, NO_PROXY: `${noProxy},${host}` },
        nodeArgs: nodeArgsFor({ names: { [API]: ["127.0.0.1"] } }),
        apiUrl: `https://${address === "api" ? API : "127.0.0.1"}:${port}`,
      };
    },
  };
}

/** Proxies between the runner and GitHub. */
export const proxies: Catalogue = {
  "proxy-silent": fromTheStart("The proxy takes a CONNECT to GitHub and never answers it.", "silent"),
  "proxy-silent-from-reset": fromResetOn("From the reset on the proxy answers no CONNECT to GitHub.", "silent"),
  "proxy-ends": fromTheStart("The proxy answers every CONNECT to GitHub by closing the connection.", "fin"),
  "proxy-ends-from-reset": fromResetOn(
    "From the reset on the proxy answers every CONNECT to GitHub by closing the connection.",
    "fin",
  ),
  "proxy-says-continue": fromTheStart(
    "The proxy answers every CONNECT to GitHub with a lone 100 Continue.",
    "continue",
  ),
  "proxy-says-continue-from-reset": fromResetOn(
    "From the reset on the proxy answers every CONNECT to GitHub with a lone 100 Continue.",
    "continue",
  ),
  "proxy-resets": fromTheStart("The proxy resets every connection with a CONNECT to GitHub.", "rst"),
  "proxy-wants-credentials": fromTheStart("The proxy asks for credentials before it lets anybody to GitHub.", 407),
  "proxy-wants-credentials-from-reset": fromResetOn("From the reset on the proxy asks for credentials.", 407),
  "proxy-forbids": fromTheStart("The proxy lets nobody to GitHub.", 403),
  "proxy-starts-anew": through(
    "The proxy is started again while SnapTrade resets, so that every tunnel is gone.",
    (proxy, stage) => {
      atReset(stage, () => proxy.drop({ port: stage.github.port }));
    },
  ),
  "proxy-takes-a-second": through("The proxy takes a second to open a tunnel.", () => undefined, { latencyMs: 1_000 }),
  "no-proxy-by-domain": served(
    "NO_PROXY names the domain of GitHub's host, which the proxy does not serve.",
    "corp.test",
    "api",
  ),
  "no-proxy-by-dotted-domain": served(
    "NO_PROXY names the domain of GitHub's host with a dot before it, and the proxy does not serve it.",
    ".corp.test",
    "api",
  ),
  "no-proxy-by-range": served(
    "NO_PROXY names the range of GitHub's address, which the proxy does not serve.",
    "10.0.0.0/8,127.0.0.0/8",
    "ip",
  ),
};
