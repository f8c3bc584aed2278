import type { Row, RowReport, Setting } from "./bundle/row";
import { explore, type Limits } from "./model/explore";
import { drawSchedules } from "./model/random";
import { FULL, LARGE, QUICK, UNPROTECTED, type Plan } from "./model/scenes";
import { replay, traceOf } from "./model/trace";

const PLANS = { quick: QUICK, large: LARGE, whole: FULL } as const;
const SCHEDULES = { quick: 1_000, large: 20_000, whole: 50_000 } as const;

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
      const found = findings.find(({ kind }) => kind === until);
      const again = found && (await replay(scene, traceOf(found.events)));
      const isFound = again?.violations.some(({ kind }) => kind === until) === true;
      return { name: title, played: states, ms, results: {}, violations: isFound ? [] : blind(name, until) };
    },
  };
}

function blind(of: string, what: string): RowReport["violations"] {
  return [{ of, says: `no ${what} was found where there has to be one` }];
}

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
  const unprotected = UNPROTECTED.filter(({ scene }) => share !== "quick" || scene.runs === 1);
  return [...PLANS[share].map(exploring), ...unprotected.map(mustFind), schedules];
}
