import type { NamedFault } from "../../sandbox/faults";
import { startStage, type Stage } from "../../sandbox/stage";

/** What is set, by the name of each setting. */
type Settings = ReadonlyMap<string, unknown>;

/** Several faults add to the same list, and none takes it for itself. */
const SHARED = ["nodeArgs"];

/** `together` makes one out of several of these, member by member. */
const MERGED = ["env", "github", "inputs", "postEnv", "snapTrade"];

/** How long a service is waited for is a matter of the play. */
const isWait = (name: string): boolean => /^inputs\.[\w-]+-(time|timeout)$/.test(name);

type Setting = readonly [name: string, value: unknown];

function namedAfter(of: string, settings: object): Setting[] {
  return Object.entries(settings).map(([name, value]: [string, unknown]) => [`${of}${name}`, value]);
}

function flat(settings: object): Setting[] {
  return namedAfter("", settings).flatMap((setting): Setting[] => {
    const [name, value] = setting;
    if (SHARED.includes(name)) return [];
    const isMerged = MERGED.includes(name) && typeof value === "object" && value !== null;
    return isMerged ? namedAfter(`${name}.`, value) : [setting];
  });
}

function settingsAt({ inputs, snapTrade, github }: Stage): Settings {
  return new Map<string, unknown>([
    ...namedAfter("inputs.", inputs),
    ...namedAfter("SnapTrade's ", snapTrade.faults),
    ...namedAfter("GitHub's ", github.policy),
    // There is one reset, so that only the first fault that is armed for it would strike.
    ["the answer to the reset", snapTrade.faults.armedForReset[0]],
  ]);
}

/** Applies the fault to a stage of its own, and looks what has become of it. */
async function setBy({ stage: options, apply }: NamedFault): Promise<Settings> {
  const stage = await startStage({ ...(options.inputs && { inputs: options.inputs }) });
  try {
    const before = settingsAt(stage);
    const change = await apply(stage);
    const changed = [...flat(change), ...settingsAt(stage)].filter(([name, value]) => before.get(name) !== value);
    return new Map([...flat(options), ...changed].filter(([name]) => !isWait(name)));
  } finally {
    await stage.close();
  }
}

/** Which faults cannot be in one world: those that set the same thing to different values. */
export class Exclusion {
  readonly #settings: ReadonlyMap<NamedFault, Settings>;

  private constructor(settings: ReadonlyMap<NamedFault, Settings>) {
    this.#settings = settings;
  }

  static async among(faults: readonly NamedFault[]): Promise<Exclusion> {
    const settings = new Map<NamedFault, Settings>();
    for (const fault of faults) settings.set(fault, await setBy(fault));
    return new Exclusion(settings);
  }

  /** The names of what both want for themselves; none where they can be in one world. */
  between(one: NamedFault, other: NamedFault): string[] {
    const [ofOne, ofOther] = [this.#settings.get(one), this.#settings.get(other)];
    if (ofOne === undefined || ofOther === undefined) throw new Error("It is not known what one of them sets.");
    return [...ofOne].flatMap(([name, value]) => (ofOther.has(name) && ofOther.get(name) !== value ? [name] : []));
  }
}
