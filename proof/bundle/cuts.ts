import { playCase, playAll, type Case } from "./play";
import { random, sample, type Row, type Setting } from "./row";

const ENDINGS = ["fin", "rst", "stall"] as const;
type Ending = (typeof ENDINGS)[number];

/** Plays for a share of all positions of an answer. */
const PLAYS = { quick: 1, large: 120, whole: Number.POSITIVE_INFINITY } as const;

function chosen(positions: number, { share, seed }: Setting): readonly (readonly [number, Ending])[] {
  const all = ENDINGS.flatMap((ending) =>
    Array.from({ length: positions }, (_, after): readonly [number, Ending] => [after, ending]),
  );
  return sample(all, PLAYS[share], random(seed));
}

/** The reset happens, and its answer ends after so many bytes. */
function resetCut(after: number, ending: Ending): Case {
  return {
    of: `the reset's answer cut after ${after} bytes by ${ending}`,
    prepare: ({ snapTrade }) => {
      snapTrade.faults.onReset({ delivery: { cutAfter: after, ending } });
      return {};
    },
  };
}

/** The first save is done, and its answer ends after so many bytes. */
function putCut(after: number, ending: Ending): Case {
  return {
    of: `the save's answer cut after ${after} bytes by ${ending}`,
    prepare: ({ github }) => {
      github.faults.inject({ on: { which: "put" }, effect: { kind: "cut-answer", afterBytes: after, by: ending } });
      return {};
    },
  };
}

async function resetAnswerBytes(): Promise<number> {
  let bytes = 0;
  await playCase({
    of: "measuring",
    prepare: ({ snapTrade }) => {
      snapTrade.faults.onReset({ delivery: { cutAfter: ({ length }) => (bytes = length), ending: "fin" } });
      return {};
    },
  });
  return bytes;
}

async function putAnswerBytes(): Promise<number> {
  let bytes = 0;
  await playCase({
    of: "measuring",
    prepare: ({ github }) => {
      github.on("put-answered", ({ request }) => void (bytes = request.answerBytes ?? 0));
      return {};
    },
  });
  return bytes;
}

/** An answer that is complete in length and goes on for ever, or is reset, is a cut too. */
const AND_NOTHING_MISSING = 1;

export const resetCuts: Row = {
  name: "The reset's answer, cut after every byte by FIN, RST or silence",
  run: async (setting) => {
    const positions = (await resetAnswerBytes()) + AND_NOTHING_MISSING;
    return await playAll(
      resetCuts.name,
      chosen(positions, setting).map(([after, ending]) => resetCut(after, ending)),
      setting,
    );
  },
};

export const putCuts: Row = {
  name: "The save's answer, cut after every byte by FIN, RST or silence",
  run: async (setting) => {
    const positions = await putAnswerBytes();
    return await playAll(
      putCuts.name,
      chosen(positions, setting).map(([after, ending]) => putCut(after, ending)),
      setting,
    );
  },
};
