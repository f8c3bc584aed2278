import type { Reading } from "../../src/rotation/model";
import type { Outcome } from "../../src/rotation/outcome";
import { rehearse } from "../../src/rotation/rehearse";
import { rotate } from "../../src/rotation/rotate";
import { Stop } from "../../src/rotation/stop";
import type { Surveyed } from "../../src/rotation/survey";
import { Secret } from "../../src/text/secret";
import { BEFORE } from "../support/fake-destination";
import { World } from "../support/world";

/** How the run ends where it fails, null where it does not. */
function rehearsed(world: World): Outcome | null {
  const { primary } = world;
  const store = { destination: primary, key: primary.sealingKey(), updatedAt: BEFORE };
  const stale: Surveyed["stale"] = Promise.resolve({ ok: true, value: [] });
  const told = { aheadMs: 0, tokenExpiresAt: null, allowance: null, stale };
  try {
    rehearse({ primary: { ...store, ...told } }, world.context());
    return null;
  } catch (error) {
    if (error instanceof Stop) return error.outcome;
    throw error;
  }
}

describe("the rehearsal", () => {
  test("takes a made-up answer the whole way, and sends, masks and prints nothing", () => {
    const world = new World();
    const sealed: string[] = [];
    const seal = world.primary.seal.bind(world.primary);
    world.primary.seal = (secret, key) => {
      sealed.push(secret.reveal());
      return seal(secret, key);
    };
    expect(rehearsed(world)).toBeNull();
    expect(world.log).toEqual(["journal rehearse", "primary rehearse"]);
    expect([sealed, world.notices, world.resets]).toEqual([["made-up-secret"], [], 0]);
  });

  test.each<[string, Reading]>([
    ["refused", { kind: "refused", said: { status: 401, code: null, sentence: null }, isAboutSecret: false }],
    ["unanswered", { kind: "unanswered", status: null }],
    ["candidates", { kind: "candidates", status: 200, secrets: [new Secret("made-up-secret")] }],
  ])("whose answer is not understood (%s) stops the run", (_, reading) => {
    const world = new World();
    world.madeUpReading = reading;
    expect(rehearsed(world)).toMatchObject({
      result: "unchanged",
      rotated: "false",
      reason: { code: "rehearsal-failed", name: "TypeError" },
    });
    expect(world.log).not.toContain("primary rehearse");
  });

  test.each<[string, string, (world: World) => void]>([
    ["the journal does not take it", "RangeError", (world) => (world.journalRehearses = false)],
    ["the request cannot be built", "RangeError", (world) => (world.primary.rehearses = false)],
    [
      "it cannot be sealed",
      "SyntaxError",
      (world) =>
        (world.primary.seal = () => {
          throw new SyntaxError("the made-up-secret cannot be sealed");
        }),
    ],
    [
      "what is thrown is no error",
      "string",
      (world) =>
        (world.primary.seal = () => {
          AbortSignal.abort("the made-up-secret").throwIfAborted();
          throw new Error("it is aborted");
        }),
    ],
  ])("stops the run where %s, by the error's name alone", (_, name, arrange) => {
    const world = new World();
    arrange(world);
    const outcome = rehearsed(world);
    expect(outcome).toMatchObject({ result: "unchanged", reason: { code: "rehearsal-failed", name } });
    expect(JSON.stringify(outcome)).not.toContain("made-up-secret");
  });

  test("that fails: no canary is written, and no reset is sent", async () => {
    const world = new World();
    world.primary.rehearses = false;
    const { outcome } = await rotate(world.task, world.ports);
    expect(outcome).toMatchObject({ result: "unchanged", reason: { code: "rehearsal-failed" } });
    expect([world.resets, world.tried]).toEqual([0, null]);
  });

  test("is part of a check", async () => {
    const world = new World({ task: { mode: "check" } });
    await rotate(world.task, world.ports);
    expect(world.log).toContain("primary rehearse");
  });
});
