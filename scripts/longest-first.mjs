import Sequencer from "@jest/test-sequencer";

/** What takes longest, the longest first. Most of it plays the bundle, and much of that is waiting. */
const LONG = [
  "transcripts/transcripts",
  "bundle/faults",
  "bundle/destinations",
  "bench/guard",
  "bundle/kill",
  "project/house",
  "sandbox/start",
  "bundle/special-destinations",
  "bundle/scenarios",
  "proof/model.test",
  "proof/bundle.test",
  "harness/workflow.test",
  "bundle/happy",
  "bundle/recovery",
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
