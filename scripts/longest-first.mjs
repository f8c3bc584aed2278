import Sequencer from "@jest/test-sequencer";

/** What takes longest. Those that mostly wait stand between those that mostly work, so that they do not wait together. */
const LONG = [
  "transcripts/transcripts",
  "bench/guard",
  "bundle/destinations",
  "bundle/faults",
  "sandbox/start",
  "bundle/kill",
  "bundle/special-destinations",
  "sandbox/github-faults",
  "project/house",
  "bundle/recovery",
  "proof/model.test",
  "sandbox/runner.test",
  "bundle/scenarios",
  "bundle/two-runs",
  "docs/pictures",
  "harness/workflow.test",
  "sandbox/snaptrade-faults",
  "sandbox/snaptrade-policies",
  "bundle/happy",
  "proof/bundle.test",
  "snaptrade/wire",
  "github/client",
];

function placeOf({ path }) {
  const place = LONG.findIndex((name) => path.includes(`/__tests__/${name}`));
  return place === -1 ? LONG.length : place;
}

/**
 * A long file that is begun last keeps one core busy while the other is idle. Jest knows which are long from the run
 * before, but a fresh clone has none, and by size alone the longest come last.
 */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}
