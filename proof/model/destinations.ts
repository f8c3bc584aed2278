import type { Acknowledgement, Attempt, Box, Fault as GitHubFault, SealingKey, Survey } from "../../src/rotation/model";
import type { Destination } from "../../src/rotation/ports";
import type { Actor, Way } from "./actor";
import { GITHUB_TIMEOUT_MS, TOKEN_FORGOTTEN_MS } from "./scene";
import type { Place, World } from "./world";

/** One GitHub secret as a process reaches it. */
export function destinationOf(place: Place, actor: Actor): Destination {
  const { world } = actor;
  const { label } = place;
  const key = (): SealingKey => ({ keyId: "1", publicKey: keyFor(place, world), audience: null });
  const written = (): string => new Date(place.updatedAt).toISOString();
  const reading = <T>(name: string, value: () => T, token: () => string): Promise<Attempt<T>> =>
    actor.ask<Attempt<T>>(`${name} ${label}`, () => {
      if (world.isDown("github")) return [{ label: "down", fault: null, happen: () => silent("server") }];
      if (world.now < world.tokenForgottenUntil) return [{ label: "401", fault: null, happen: unauthorized }];
      return [
        { label: token(), fault: null, happen: () => ({ ok: true, value: value() }) },
        { label: "401 for seconds", fault: "token-forgotten", happen: () => forgetToken(world) },
        { label: "502", fault: "5xx", happen: () => silent("server") },
        { label: "down", fault: "github-down", happen: () => world.fallDown("github", silent("server")) },
      ];
    });
  const seconds = (): string => `${actor.written(place)} ${place.publicKey}`;
  const survey = (): Survey => ({ updatedAt: written(), key: key(), serverTime: world.now, tokenExpiresAt: null });
  const done = (): Acknowledgement => ({ serverTime: world.now });
  return {
    label,
    visible: "next-run",
    mustExist: false,
    exposed: [],
    survey: async () => await reading("survey", survey, seconds),
    updatedAt: async () => await reading("updated_at", written, seconds),
    key: async () => await reading("key", key, () => place.publicKey),
    seal: (secret, { keyId, publicKey }) => ({
      keyId,
      sealed: `${publicKey}|${secret.reveal()}`,
      audience: null,
      sealedAt: world.now,
    }),
    put: async (box) => await put(place, box, actor),
    rehearse: () => undefined,
    canaryName: () => "CANARY",
    isOwnCanary: () => true,
    staleCanaries: async () => await Promise.resolve({ ok: true, value: ["CANARY"] }),
    writeCanary: async () => await reading("canary", done, () => "ok"),
    deleteCanary: async () => await reading("uncanary", done, () => "ok"),
    command: ({ sealed }) => `${label} ${sealed}`,
  };
}

function keyFor(place: Place, { scene }: World): string {
  return scene.keyScope === "own" ? place.publicKey : "key of another scope";
}

async function put(place: Place, box: Box, actor: Actor): Promise<Attempt<Acknowledgement>> {
  const { world, run } = actor;
  const flies = (forMs: number): void => {
    world.flights.push({ kind: "put", run, place, box, latestAt: world.now + forMs });
  };
  return await actor.ask(
    `put ${box.sealed.split("|")[1] ?? ""} ${place.label}`,
    () => {
      if (world.isDown("github")) return [{ label: "down", fault: null, happen: () => silent("server") }];
      if (world.now < world.tokenForgottenUntil) return [{ label: "401", fault: null, happen: unauthorized }];
      return puts(place, box, world, flies);
    },
    flies,
  );
}

function puts(
  place: Place,
  box: Box,
  world: World,
  flies: (forMs: number) => void,
): readonly Way<Attempt<Acknowledgement>>[] {
  const late = (cause: "network" | "server") => () => {
    flies(world.scene.lateWriteMs);
    return silent(cause);
  };
  const write = (answer: Attempt<Acknowledgement>) => () => {
    world.write(place, box);
    return answer;
  };
  const refused = { ...silent("box-refused").fault, answered: true };
  const usual: Way<Attempt<Acknowledgement>> = world.accepts(place, box)
    ? { label: "ok", fault: null, happen: write({ ok: true, value: { serverTime: world.now } }) }
    : { label: "422", fault: null, happen: () => ({ ok: false, fault: refused }) };
  const changeKey = (): Attempt<Acknowledgement> => {
    world.changeKey(place);
    return { ok: false, fault: refused };
  };
  return [
    usual,
    { label: "502, nothing done", fault: "5xx", happen: () => silent("server") },
    { label: "done, acknowledgement lost", fault: "lost-ack", happen: write(silent("network")) },
    { label: "504, may be done late", fault: "put-late", happen: late("server") },
    {
      label: "time-out, may be done late",
      fault: "put-late",
      silentMs: GITHUB_TIMEOUT_MS,
      happen: late("network"),
    },
    { label: "down", fault: "github-down", happen: () => world.fallDown("github", silent("server")) },
    { label: "401 for seconds", fault: "token-forgotten", happen: () => forgetToken(world) },
    { label: "422, its key has changed", fault: "key-change", happen: changeKey },
  ];
}

/** GitHub never said what became of a request. */
function silent(cause: "network" | "server" | "box-refused"): { readonly ok: false; readonly fault: GitHubFault } {
  const said = { cause, answered: false, retryAfterMs: null, detail: cause, permission: null } as const;
  const fault: GitHubFault =
    cause === "network"
      ? { ...said, network: { cause: "reset", code: null, sent: true }, repeatable: true }
      : { ...said, status: cause === "server" ? 502 : 422, ...(cause === "server" ? { repeatable: true } : {}) };
  return { ok: false, fault };
}

/** A token in good standing is unknown for some seconds. */
function unauthorized(): { readonly ok: false; readonly fault: GitHubFault } {
  const said = { answered: true, retryAfterMs: null, detail: "401", permission: null } as const;
  return { ok: false, fault: { ...said, cause: "unauthorized", status: 401 } };
}

function forgetToken(world: World): ReturnType<typeof unauthorized> {
  world.tokenForgottenUntil = world.now + TOKEN_FORGOTTEN_MS;
  return unauthorized();
}
