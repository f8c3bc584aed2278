import { proveCandidates } from "../../src/rotation/candidates";
import type { Candidate, Tried } from "../../src/rotation/candidates";
import type { Verdict } from "../../src/rotation/model";
import { Secret } from "../../src/text/secret";
import { START } from "../support/virtual-clock";
import { NEW, OLD, SETTLE_MS, strange, undecidedAbout, World } from "../support/world";

const ALTERED = "new-secret-0";
const GARBLED = "garbled-secret-1";

function candidate(text: string): Candidate {
  return { secret: new Secret(text), escrow: null, answeredAt: START };
}

interface Found {
  readonly live: string | null;
  readonly open: readonly string[];
  readonly isOneAccepted: boolean;
}

async function tried(world: World, texts: readonly string[], rounds?: "once"): Promise<Found> {
  const { live, open, isOneAccepted }: Tried = await proveCandidates(texts.map(candidate), world.context(), rounds);
  return { live: live?.secret.reveal() ?? null, open: open.map(({ secret }) => secret.reveal()), isOneAccepted };
}

function afterReset(): World {
  const world = new World();
  world.inForce = NEW;
  return world;
}

function only(verdicts: Readonly<Record<string, Verdict["kind"]>>): World["verdict"] {
  return (text) => {
    const kind = verdicts[text];
    if (kind === undefined) return null;
    return kind === "cannot-tell" ? strange() : { kind };
  };
}

describe("what may be the new secret", () => {
  test("is it where it is live, its altered form is refused, and the old one too", async () => {
    const world = afterReset();
    expect(await tried(world, [NEW])).toEqual({ live: NEW, open: [], isOneAccepted: true });
    expect(world.count(`probe ${NEW} live`)).toBeGreaterThanOrEqual(3);
    expect([world.count(`probe ${ALTERED} refused`), world.count(`probe ${OLD} refused`)]).toEqual([3, 3]);
  });

  test("is tried one after the other, until one is found", async () => {
    const world = afterReset();
    expect(await tried(world, [GARBLED, NEW, "never-asked"])).toMatchObject({ live: NEW });
    expect(world.at(`probe ${GARBLED} refused`)).toBeLessThan(world.at(`probe ${NEW} live`));
    expect(world.log.join()).not.toContain("never-asked");
  });

  test("is asked about again while it is refused, until the settle time is over", async () => {
    const late = new World();
    late.inForce = "nothing yet";
    void late.clock.sleep(SETTLE_MS - 1_000).then(() => (late.inForce = NEW));
    expect(await tried(late, [GARBLED, NEW])).toMatchObject({ live: NEW });
    const never = afterReset();
    expect(await tried(never, [GARBLED])).toEqual({ live: null, open: [], isOneAccepted: false });
    expect(never.clock.now() - START).toBe(SETTLE_MS);
  });

  test("is asked about once where the settle time has passed", async () => {
    const world = afterReset();
    expect(await tried(world, [GARBLED], "once")).toEqual({ live: null, open: [], isOneAccepted: false });
    expect([world.count(`probe ${GARBLED} refused`), world.clock.now()]).toEqual([1, START]);
  });

  test("stays open while SnapTrade cannot tell", async () => {
    const world = afterReset();
    world.verdict = undecidedAbout(NEW);
    expect(await tried(world, [GARBLED, NEW])).toEqual({ live: null, open: [NEW], isOneAccepted: false });
  });

  test.each<[string, Parameters<typeof only>[0], boolean]>([
    ["the old one is accepted too", { [OLD]: "live" }, true],
    ["nobody can tell about the old one", { [OLD]: "cannot-tell" }, true],
    ["its altered form is accepted too", { [ALTERED]: "live" }, false],
    ["nobody can tell about its altered form", { [ALTERED]: "cannot-tell" }, false],
  ])("is not believed where %s, and stays open", async (_, verdicts, isOneAccepted) => {
    const world = afterReset();
    world.verdict = only(verdicts);
    expect(await tried(world, [NEW], "once")).toEqual({ live: null, open: [NEW], isOneAccepted });
  });

  test("is any of them where an altered form is taken too: then no acceptance means anything", async () => {
    const world = afterReset();
    world.verdict = only({ [ALTERED]: "live" });
    expect(await tried(world, [GARBLED, NEW])).toEqual({ live: null, open: [GARBLED, NEW], isOneAccepted: false });
  });

  test("is not believed for one acceptance, and stays open", async () => {
    const world = new World();
    world.inForce = "neither";
    let asked = 0;
    world.verdict = (text) => (text === GARBLED && ++asked === 1 ? { kind: "live" } : null);
    expect(await tried(world, [GARBLED], "once")).toEqual({ live: null, open: [GARBLED], isOneAccepted: false });
  });
});
