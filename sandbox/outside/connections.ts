import type { WorldFault } from "../named-fault";
import { type Machine, nodeArgsFor } from "../machine";
import type { Stage } from "../stage";
import { atReset, type Catalogue, PUT } from "./ways";

const SECURE = { secure: true } as const;
const API = "api.corp.test";

/** The step trusts the authority of the stage. */
function trusting({ caFile }: Stage, env: Readonly<Record<string, string>> = {}) {
  return { env: { NODE_EXTRA_CA_CERTS: caFile, ...env } };
}

/** GitHub under a name that only the runner's machine knows. */
function onMachine(says: string, machine: Machine, stage: WorldFault["stage"] = {}): WorldFault {
  return {
    says,
    stage: { ...SECURE, ...stage },
    apply: (played) => ({
      ...trusting(played),
      apiUrl: `https://${API}:${played.github.port}`,
      nodeArgs: nodeArgsFor(machine),
    }),
  };
}

/** After the reset nothing of GitHub is as it was: what is open is reset, and new connections meet this. */
function fromResetOn(says: string, meets: "reset" | "silent", forMs?: number): WorldFault {
  return {
    says,
    stage: { ...SECURE, inputs: { "save-timeout": forMs === undefined ? "5s" : "10m" } },
    apply: (stage) => {
      const { github } = stage;
      atReset(stage, () => {
        github.policy.newConnections = meets;
        github.dropConnections();
        if (forMs !== undefined) setTimeout(() => (github.policy.newConnections = "served"), forMs);
      });
      return trusting(stage);
    },
  };
}

/** Connections that die between two requests, that nobody takes, or that take their time. */
export const connections: Catalogue = {
  "put-connection-dies": {
    says: "The connection that was kept open is reset at the first save; the other one is sound.",
    apply: ({ github }) => {
      github.faults.inject({ on: PUT, effect: { kind: "cut", applied: false, by: "rst" } });
      return {};
    },
  },
  "all-connections-die": {
    says: "Every connection that was kept open is reset while SnapTrade resets, and new ones are taken.",
    apply: (stage) => {
      atReset(stage, () => stage.github.dropConnections());
      return {};
    },
  },
  "github-silent-from-reset": fromResetOn(
    "After the reset GitHub takes connections and sends nothing in the TLS handshake.",
    "silent",
  ),
  "github-silent-for-four-seconds": fromResetOn(
    "After the reset GitHub takes connections and sends nothing in the TLS handshake, for four seconds.",
    "silent",
    4_000,
  ),
  "github-resets-from-reset": fromResetOn("After the reset GitHub resets every connection at its first byte.", "reset"),
  "handshake-of-400-ms": {
    says: "Every handshake with GitHub takes 400 ms.",
    stage: SECURE,
    apply: (stage) => {
      stage.github.policy.connectDelayMs = 400;
      return trusting(stage);
    },
  },
  "connect-of-400-ms": onMachine("GitHub's name has two addresses, and every connection takes 400 ms to be made.", {
    names: { [API]: ["127.0.0.1", "127.0.0.1"] },
    connectMs: 400,
  }),
  "names-fail-at-first": onMachine("GitHub's name has no address for the first second and a half.", {
    names: { [API]: ["127.0.0.1"] },
    namesFailForMs: 1_500,
  }),
  "first-address-dead": onMachine("GitHub's name has two addresses, and nobody is at the first.", {
    names: { [API]: ["127.0.0.9", "127.0.0.1"] },
  }),
  "reset-struck-in-the-handshake": {
    says: "The connection for the reset is reset in its TLS handshake, once, before anything of a request has gone out.",
    stage: SECURE,
    apply: (stage) => {
      // When the write check is gone, nothing but the reset follows at SnapTrade.
      const off = stage.github.on("delete-applied", () => {
        off();
        stage.snapTrade.faults.handshakesToStrike = 1;
      });
      return trusting(stage);
    },
  },
  "github-refuses": {
    says: "Nobody takes connections where GitHub should be.",
    apply: () => ({ apiUrl: "http://127.0.0.1:9" }),
  },
  "github-unknown-host": {
    says: "GitHub's host has no address.",
    apply: () => ({ apiUrl: "https://github.invalid" }),
  },
  "github-certificate-unknown": {
    says: "GitHub's certificate is signed by nobody whom the machine trusts.",
    stage: { secure: "github" },
    apply: () => ({}),
  },
};
