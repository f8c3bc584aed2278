import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { folderFor, instant, sharedAuthority, trapdoor } from "../circumstances";
import { isLive } from "../recovery";
import { LADDER } from "../../sandbox/instants";
import { startProxy } from "../../sandbox/proxy";
import type { Scenarios } from "./scenario";

const OTHER = { "save-to": "NO_SUCH_SECRET --env production" };

const unchanged = ["unchanged", "main", 0, "saved"] as const;

/** What stops a run before its reset. */
export const beforeReset: Scenarios = {
  "written-a-moment-ago": {
    // Whole seconds would make the very second a matter of luck.
    says: "the primary was written just now, by a run that may have left another write under way",
    row: ["rotated", "main", 1, "saved"],
    play: {
      prepare: ({ github, destinations, given }) => {
        for (const { where, name } of destinations)
          github.seed(where, name, given, { at: new Date(Date.now() + 60_000) });
        return {};
      },
    },
  },
  "snaptrade-unknown-host": {
    says: "SnapTrade's host has no address",
    row: unchanged,
    play: { prepare: ({ inputs }) => ({ inputs: { ...inputs, "snaptrade-api-url": "https://snaptrade.invalid" } }) },
  },
  "snaptrade-certificate-unknown": {
    says: "SnapTrade's certificate is signed by nobody whom the machine trusts",
    row: unchanged,
    play: { stage: async () => ({ snapTrade: { tls: (await sharedAuthority()).server } }) },
  },
  "snaptrade-certificate-misnamed": {
    says: "SnapTrade's certificate is for another host",
    row: unchanged,
    play: {
      stage: async () => ({ snapTrade: { tls: (await sharedAuthority()).misnamed } }),
      prepare: async () => ({ env: { NODE_EXTRA_CA_CERTS: (await sharedAuthority()).caFile } }),
    },
  },
  "snaptrade-certificate-expired": {
    says: "SnapTrade's certificate has expired",
    row: unchanged,
    play: {
      stage: async () => ({ snapTrade: { tls: (await sharedAuthority()).expired } }),
      prepare: async () => ({ env: { NODE_EXTRA_CA_CERTS: (await sharedAuthority()).caFile } }),
    },
  },
  "github-certificate-misnamed": {
    says: "GitHub's certificate is for another host",
    row: unchanged,
    play: {
      stage: async () => ({ github: { tls: (await sharedAuthority()).misnamed } }),
      prepare: async () => ({ env: { NODE_EXTRA_CA_CERTS: (await sharedAuthority()).caFile } }),
    },
  },
  "proxy-without-credentials": {
    says: "the proxy asks for credentials that the run does not have",
    row: unchanged,
    play: {
      stage: async () => ({ snapTrade: { tls: (await sharedAuthority()).server } }),
      prepare: async (_stage, later) => {
        const proxy = await startProxy({ username: "somebody", password: "something" });
        later(() => proxy.close());
        const { caFile } = await sharedAuthority();
        return { env: { NODE_EXTRA_CA_CERTS: caFile, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` } };
      },
    },
  },
  "repository-renamed": {
    says: "the repository was renamed, and GitHub redirects to its number",
    row: ["unchanged", "main", 0, "not saved"],
    play: {
      prepare: ({ github }) => {
        github.renameRepository("octo-org/brokerage", "octo-org/renamed");
        return {};
      },
    },
  },
  "repository-hidden": {
    says: "the token cannot see the repository",
    row: ["unchanged", "main", 0, "not saved"],
    play: {
      prepare: ({ github }) => {
        github.hideRepository("octo-org/brokerage");
        return {};
      },
    },
  },
  "canary-of-somebody": {
    says: "a secret of somebody's has the destination's name with _CANARY behind it, which no canary has any more",
    row: ["rotated", "main", 1, "saved"],
    play: {
      prepare: ({ github, destinations }) => {
        for (const { where, name } of destinations) github.seed(where, `${name}_CANARY`, "somebody's");
        return {};
      },
    },
  },
  "place-full": {
    says: "the environment holds a hundred secrets, so that no canary fits in",
    row: unchanged,
    play: {
      prepare: ({ github, destinations }) => {
        for (const { where } of destinations) github.fill(where);
        return {};
      },
    },
  },
  "destination-missing": {
    says: "the secret to be written does not exist, and nobody said that it may be made",
    row: unchanged,
    play: { prepare: ({ inputs }) => ({ inputs: { ...inputs, ...OTHER } }) },
  },
  "organization-secret-missing": {
    says: "the organization's secret does not exist",
    row: unchanged,
    play: {
      prepare: ({ inputs, github }) => {
        github.addOrganization("octo-org");
        return { inputs: { ...inputs, "save-to": "SNAPTRADE_USER_SECRET --org octo-org", create: "true" } };
      },
    },
  },
  "runner-temp-relative": {
    says: "RUNNER_TEMP names a folder relative to somewhere",
    row: unchanged,
    play: { prepare: () => ({ env: { RUNNER_TEMP: "." } }) },
  },
  "classic-token-lacks-scope": {
    says: "GitHub refuses every write check of a classic token, and tells the scope that it lacks",
    row: unchanged,
    play: {
      prepare: ({ github }) => {
        const headers = {
          "x-accepted-github-permissions": "",
          "x-oauth-scopes": "gist",
          "x-accepted-oauth-scopes": "repo",
        };
        const effect = { kind: "answer", status: 403, headers, body: { message: "Forbidden" } } as const;
        github.faults.inject({ on: { which: "canary" }, effect, times: "always" });
        return {};
      },
    },
  },
  "token-said-back": {
    says: "GitHub refuses the write check with a text that holds the token, just where a long text is cut off",
    row: unchanged,
    play: {
      prepare: ({ github, inputs }) => {
        const message = `${"far too long ".repeat(14)}${inputs["github-token"] ?? ""}`;
        const effect = { kind: "answer", status: 403, body: { message } } as const;
        github.faults.inject({ on: { which: "canary" }, effect, times: "always" });
        return {};
      },
    },
  },
  "runner-temp-is-a-file": {
    says: "RUNNER_TEMP names a file",
    row: unchanged,
    play: {
      prepare: (_stage, later) => {
        const file = join(folderFor(later), "file");
        writeFileSync(file, "");
        return { env: { RUNNER_TEMP: file } };
      },
    },
  },
  "runner-temp-read-only": {
    says: "RUNNER_TEMP names a folder in which not even root can make a file",
    row: unchanged,
    play: { prepare: () => ({ env: { RUNNER_TEMP: "/proc/self" } }) },
  },
  "runner-files-missing": {
    says: "the runner's file for outputs does not exist",
    row: ["", "nobody", 0, "saved"],
    allowed: { unheard: true },
    play: {
      prepare: (_stage, later) => ({
        wrap: ["env", `GITHUB_OUTPUT=${join(folderFor(later), "nowhere", "output")}`],
      }),
    },
  },
  "workflow-run-of-our-own": {
    says: "the run follows one of this repository's own that a push has caused",
    row: ["rotated", "main", 1, "saved"],
    play: {
      prepare: ({ repository }, later) => {
        const file = join(folderFor(later), "event.json");
        const own = { full_name: repository };
        writeFileSync(file, JSON.stringify({ repository: own, workflow_run: { event: "push", head_repository: own } }));
        return { event: "workflow_run", wrap: ["env", `GITHUB_EVENT_PATH=${file}`] };
      },
    },
  },
  "state-file-is-a-folder": {
    says: "the runner's file for the state is a folder",
    row: unchanged,
    play: { prepare: (_stage, later) => ({ wrap: ["env", `GITHUB_STATE=${folderFor(later)}`] }) },
  },
  "libsodium-unusable": {
    says: "the machine's engine can run no WebAssembly module",
    row: unchanged,
    play: {
      prepare: (_stage, later) => {
        const preload = join(folderFor(later), "no-webassembly.mjs");
        writeFileSync(preload, "globalThis.WebAssembly.instantiate = () => Promise.reject(new Error('unusable'));\n");
        return { nodeArgs: ["--import", `file://${preload}`] };
      },
    },
  },
  "cancelled-while-proving": {
    says: "the run is cancelled while SnapTrade is asked about the old secret",
    row: unchanged,
    play: { prepare: (stage) => ({ cancel: { when: instant(stage, "probe-arrived"), ...LADDER } }) },
  },
  "cancelled-while-canary-is-removed": {
    says: "the run is cancelled while the canary is being taken away",
    row: unchanged,
    play: { prepare: (stage) => ({ cancel: { when: instant(stage, "delete-arrived"), ...LADDER } }) },
  },
  "rate-limit-of-four": {
    says: "SnapTrade allows four requests in eight seconds, too few for a rotation in one go",
    row: ["rotated", "main", 1, "saved"],
    play: {
      stage: { snapTrade: { rateLimit: { limit: 4, windowMs: 8_000 } } },
      prepare: async (stage) => {
        // Somebody else asks once, so that too few are left whichever of our own two questions comes first.
        await isLive(stage, stage.given);
        return {};
      },
    },
  },
  "saved-lately": {
    says: "the primary was saved more recently than min-age",
    row: ["skipped", "main", 0, "saved"],
    play: { stage: { inputs: { "min-age": "2h" } } },
  },
  "check-only": {
    says: "the mode is check",
    row: ["checked", "main", 0, "saved"],
    play: { stage: { inputs: { mode: "check" } } },
  },
  "verify-only": {
    says: "the mode is verify",
    row: ["verified", "main", 0, "saved"],
    play: { stage: { inputs: { mode: "verify" } } },
  },
  "engine-breaks-before-reset": {
    says: "something that cannot fail fails when the canary is gone, before the reset",
    row: unchanged,
    play: {
      prepare: (stage, later) => {
        const { step, spring } = trapdoor(later);
        stage.github.on("delete-applied", () => spring("Date.parse = () => { throw new TypeError('broken'); };"));
        return step;
      },
    },
  },
};
