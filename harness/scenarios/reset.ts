import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Server } from "node:net";
import { startProxy } from "../../sandbox/proxy";
import type { Refusing } from "../../sandbox/proxy";
import { type Reply, type ResetFacts, serverError } from "../../sandbox/snaptrade";
import type { Stage } from "../../sandbox/stage";
import type { Later, Play } from "../play";
import { instant, sharedAuthority, trapdoor } from "../circumstances";
import type { Scenario, Scenarios } from "./scenario";

const unchanged = ["unchanged", "main", 0, "saved"] as const;

/** Does something when the canary is gone: nothing but the reset follows then. */
function justBeforeReset({ github }: Stage, act: () => unknown): void {
  github.on("delete-applied", async () => {
    await act();
  });
}

function proxyThatThen(says: string, how: Refusing): Scenario {
  return {
    says,
    row: unchanged,
    play: {
      stage: async () => ({ snapTrade: { tls: (await sharedAuthority()).server } }),
      prepare: async (stage, later) => {
        const proxy = await startProxy({ username: "somebody", password: "a:b@c" });
        later(() => proxy.close());
        justBeforeReset(stage, () => {
          proxy.refuse(how);
        });
        const { caFile } = await sharedAuthority();
        return { env: { NODE_EXTRA_CA_CERTS: caFile, HTTPS_PROXY: proxy.url } };
      },
    },
  };
}

/** Another host, to which nothing may ever go. */
async function elsewhere(later: Later): Promise<{ readonly url: string; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end("{}");
  });
  const port = await listening(server, 0);
  later(() => {
    server.close();
    if (asked.length > 0) throw new Error("The old secret followed a redirect to another host.");
  });
  return { url: `http://127.0.0.1:${port}`, asked };
}

async function listening(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function redirectedElsewhere(status: number): Scenario {
  return {
    says: `the reset is answered with a redirect ${status} to another host`,
    row: unchanged,
    play: {
      prepare: async ({ snapTrade }, later) => {
        const { url } = await elsewhere(later);
        const headers = { Location: `${url}/snapTrade/resetUserSecret` };
        snapTrade.faults.onReset({ commit: "never", answer: () => ({ status, headers, body: "", strays: "status" }) });
        return {};
      },
    },
  };
}

/** SnapTrade's place is taken by a server with a certificate for another name. */
const tlsFails: Play = {
  stage: async () => ({ snapTrade: { tls: (await sharedAuthority()).server } }),
  prepare: async (stage, later) => {
    const { caFile, misnamed } = await sharedAuthority();
    justBeforeReset(stage, async () => {
      await stage.snapTrade.goDown();
      const impostor = createTlsServer(misnamed);
      await listening(impostor, stage.snapTrade.port);
      // It goes away before anybody judges, so that SnapTrade can come back.
      setTimeout(() => impostor.close(), 400).unref();
      later(() => impostor.close());
    });
    return { env: { NODE_EXTRA_CA_CERTS: caFile } };
  },
  aftermathMs: 600,
};

/** What befalls the reset itself. */
export const atReset: Scenarios = {
  "reset-unknown-host": {
    says: "SnapTrade's host has no address any more when the reset is to be sent",
    row: unchanged,
    play: {
      prepare: (stage, later) => {
        const { step, spring } = trapdoor(later);
        justBeforeReset(stage, () =>
          spring(`process.getBuiltinModule("node:dns").lookup = (name, options, done) =>
            process.nextTick(done, Object.assign(new Error("no such host"), { code: "ENOTFOUND" }));`),
        );
        const url = stage.snapTrade.url.replace("127.0.0.1", "localhost");
        return { ...step, inputs: { ...stage.inputs, "snaptrade-api-url": url } };
      },
    },
  },
  "reset-tls-fails": { says: "the TLS handshake fails when the reset is to be sent", row: unchanged, play: tlsFails },
  "reset-proxy-403": proxyThatThen("the proxy refuses the tunnel for the reset with 403", 403),
  "reset-proxy-407": proxyThatThen("the proxy does not know the credentials any more at the reset", 407),
  "reset-proxy-rst": proxyThatThen("the proxy resets the connection for the reset", "rst"),
  "reset-301-elsewhere": redirectedElsewhere(301),
  "reset-307-elsewhere": redirectedElsewhere(307),
  "reset-308-elsewhere": redirectedElsewhere(308),
  "reset-answered-by-nobody-then-undecided": {
    says: "the reset happens, its answer is lost, and SnapTrade answers every question after it with 500",
    row: ["unknown", "main", 1, "not saved"],
    play: {
      prepare: ({ snapTrade }) => {
        snapTrade.faults.onReset({ answer: "none", delivery: { ending: "rst" } });
        snapTrade.faults.onProbe({ phase: "after-reset", times: "always", answer: serverError(500) });
        return {};
      },
    },
  },
  "answer-lost-and-primary-written": {
    says: "the reset happens, its answer is lost, and meanwhile a person writes the primary",
    row: ["unknown", "main", 1, "not saved"],
    play: {
      prepare: ({ snapTrade, github, destinations }) => {
        snapTrade.faults.onReset({ answer: "none", delivery: { ending: "rst" } });
        snapTrade.on("reset-answered", () => {
          for (const { where, name } of destinations) github.faults.humanWrites(where, name, "set-by-a-person");
        });
        return {};
      },
    },
  },
  "malformed-and-undecided": {
    says: "the answer is malformed, and SnapTrade is down from then on",
    row: ["unknown", "main", 1, "not saved"],
    play: {
      prepare: ({ snapTrade }) => {
        snapTrade.faults.onReset({ answer: broken });
        snapTrade.on("reset-answered", () => snapTrade.goDown());
        return {};
      },
    },
  },
  "malformed-and-only-the-old-decided": {
    says: "the answer is malformed, and SnapTrade refuses the old secret but cannot tell about the new one",
    row: ["unsaved", "main", 1, "not saved"],
    play: {
      prepare: ({ snapTrade }) => {
        snapTrade.faults.onReset({ answer: broken });
        snapTrade.faults.onProbe({ phase: "after-reset", about: "live", times: "always", answer: serverError(500) });
        return {};
      },
    },
  },
  "cancelled-twice-at-reset": {
    says: "SIGINT and SIGTERM come while the reset is under way",
    row: ["rotated", "main", 1, "saved"],
    play: {
      prepare: (stage) => ({
        cancel: { when: instant(stage, "reset-arrived", 600), sigintMs: 150, sigtermMs: 8_000 },
      }),
    },
  },
};

function broken({ userId, newSecret }: ResetFacts): Reply {
  return { status: 200, body: JSON.stringify({ userId, userSecret: newSecret }).slice(0, -1), strays: "body" };
}
