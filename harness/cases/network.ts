import { proxyOf } from "../../sandbox/outside/proxies";
import { commandAt, must, type OutsideCase, resetAnsweredAt, type Told } from "../case";

const SOON_MS = 5_000;
/** save-timeout is 5 s; what is proven after it takes some seconds more. */
const IN_TIME_MS = 12_000;
const FEW_DOZEN = 60;

/** Before the reset nothing may take longer than people wait. */
const BEFORE_RESET_MS = 40_000;

function commandSoonAndEnd(told: Told): string[] {
  const answeredAt = resetAnsweredAt(told);
  const last = told.lines.at(-1)?.at ?? Infinity;
  const commandMs = commandAt(told) - answeredAt;
  return [
    ...must(commandMs <= SOON_MS, `the command came ${Math.round(commandMs)} ms after the reset's answer`),
    ...must(
      last - answeredAt <= IN_TIME_MS,
      `the run ended ${Math.round(last - answeredAt)} ms after the reset's answer`,
    ),
  ];
}

function fewConnections({ stage }: Told): string[] {
  const connections = proxyOf(stage)?.connections ?? stage.github.connections.opened;
  return must(connections <= FEW_DOZEN, `${connections} connections were opened`);
}

const endsInTime = ({ run }: Told): string[] =>
  must(run.main.ms <= BEFORE_RESET_MS, `the run took ${Math.round(run.main.ms / 1_000)} s`);

const stopped = (told: Told): string[] => [...fewConnections(told), ...endsInTime(told)];
const saved = (told: Told): string[] => [...fewConnections(told), ...commandSoonAndEnd(told)];

const avoidedProxy = ({ stage }: Told): string[] => {
  const asked = proxyOf(stage)?.asked ?? [];
  return must(asked.length === 0, `the proxy was asked for ${asked.join(", ")}`);
};

const ELSEWHERE = [/githubstatus\.com/];

/** The way to GitHub. */
export const network: readonly OutsideCase[] = [
  { about: "silence in the TLS handshake after the reset", fault: "github-silent-from-reset", check: saved },
  { about: "a proxy that is silent at CONNECT after the reset", fault: "proxy-silent-from-reset", check: saved },
  { about: "a proxy that is silent at CONNECT from the start", fault: "proxy-silent", check: stopped },
  { about: "refused", fault: "github-refuses", says: [/ECONNREFUSED/], saysNot: ELSEWHERE },
  { about: "unknown host", fault: "github-unknown-host", says: [/ENOTFOUND|EAI_AGAIN/], saysNot: ELSEWHERE },
  {
    about: "unknown certificate authority",
    fault: "github-certificate-unknown",
    says: [/UNABLE_TO_|SELF_SIGNED/, /NODE_EXTRA_CA_CERTS/],
    saysNot: ELSEWHERE,
  },
  {
    about: "the proxy asks for credentials",
    fault: "proxy-wants-credentials",
    says: [/407/, /HTTPS_PROXY|NO_PROXY/],
    saysNot: ELSEWHERE,
    check: stopped,
  },
  { about: "a proxy that ends every CONNECT", fault: "proxy-ends", check: stopped },
  { about: "a proxy that ends every CONNECT from the reset on", fault: "proxy-ends-from-reset", check: saved },
  { about: "a proxy that says only 100 Continue", fault: "proxy-says-continue", check: stopped },
  { about: "the same from the reset on", fault: "proxy-says-continue-from-reset", check: saved },
  { about: "names that have no address at first", fault: "names-fail-at-first" },
  { about: "a handshake of 400 ms", fault: "handshake-of-400-ms" },
  { about: "a connection that takes 400 ms", fault: "connect-of-400-ms" },
  {
    about: "the reset's own connection is reset at the ClientHello, once",
    fault: "reset-struck-in-the-handshake",
    check: ({ stage }) => must(stage.snapTrade.resets === 1, `${stage.snapTrade.resets} resets`),
  },
  { about: "NO_PROXY names the domain", fault: "no-proxy-by-domain", check: avoidedProxy },
  { about: "NO_PROXY names the domain with a dot", fault: "no-proxy-by-dotted-domain", check: avoidedProxy },
  { about: "NO_PROXY names the range", fault: "no-proxy-by-range", check: avoidedProxy },
];
