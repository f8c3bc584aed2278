import type { Row, RowReport, Setting } from "./bundle/row";
import { explore, type Limits } from "./model/explore";
import { drawSchedules } from "./model/random";
import { FULL, QUICK, UNPROTECTED, type Plan } from "./model/scenes";

const SCHEDULES = { quick: 10_000, large: 10_000, whole: 50_000 } as const;

/** A loss without the concurrency group is found long before so many are drawn; the seed is one that finds it soon. */
const UNGROUPED = { schedules: 100_000, seed: 2 } as const;

/** Every interleaving within a bound, each state looked at once. */
function exploring({ name, scene }: Plan): Row {
  const title = `The core, every interleaving (states): ${name}`;
  return {
    name: title,
    run: async () => {
      const { states, ms, exhausted, results, findings } = await explore(scene);
      const violations = findings.map(({ kind, detail, count }) => ({
        of: `${count} executions`,
        says: `${kind}: ${detail}`,
      }));
      const unfinished = exhausted ? [] : [{ of: name, says: "not everything within the bound was seen" }];
      return { name: title, played: states, ms, results, violations: [...violations, ...unfinished] };
    },
  };
}

/** A judge that cannot find anything proves nothing. */
function mustFind({ name, scene, until }: Plan & Required<Pick<Limits, "until">>): Row {
  const title = `The core ${name}: must be found, ${until} (states)`;
  return {
    name: title,
    run: async () => {
      const { states, ms, findings } = await explore(scene, { until });
      const isFound = findings.some(({ kind }) => kind === until);
      return { name: title, played: states, ms, results: {}, violations: isFound ? [] : blind(name, until) };
    },
  };
}

function blind(of: string, what: string): RowReport["violations"] {
  return [{ of, says: `no ${what} was found where there has to be one` }];
}

const ungrouped: Row = {
  name: "The core without the concurrency group: must be found, silent loss (schedules)",
  run: async () => {
    const world = { runs: 2, faults: 2, copies: 0, group: false };
    const found = await drawSchedules(UNGROUPED.schedules, UNGROUPED.seed, world, (kind) => kind === "silent loss");
    const violations = found.finding === null ? blind("two runs at once", "silent loss") : [];
    return { name: ungrouped.name, played: found.schedules, ms: found.ms, results: {}, violations };
  },
};

const schedules: Row = {
  name: "The core, random schedules with more runs, faults and kinds of faults",
  run: async ({ share, seed }: Setting) => {
    const { schedules: played, ms, finding } = await drawSchedules(SCHEDULES[share], seed);
    const violations =
      finding === null ? [] : [{ of: JSON.stringify(finding.trace), says: `${finding.kind}: ${finding.detail}` }];
    return { name: schedules.name, played, ms, results: {}, violations };
  },
};

/** Everything that is done to the core. */
export function modelRows(share: Setting["share"]): readonly Row[] {
  const plans = share === "quick" ? QUICK : FULL;
  return [...plans.map(exploring), ...UNPROTECTED.map(mustFind), ungrouped, schedules];
}
