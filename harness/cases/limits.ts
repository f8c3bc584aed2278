import { must, type OutsideCase, type Told } from "../case";

/** A save, its proof and some seconds of being asked again. */
const FEW_DOZEN = 40;
const AT_RISK_MAX_MS = 5_000;

const noReset = ({ stage }: Told): string[] => must(stage.snapTrade.resetRequests === 0, "a reset was sent");

function gapAfterFirstPut({ puts }: Told): number {
  const [first, second] = puts;
  return first === undefined || second === undefined ? Infinity : second.at - first.at;
}

/** Tokens and limits that come and go. */
export const limits: readonly OutsideCase[] = [
  { about: "401 for three seconds at the save", fault: "token-blinks-401" },
  { about: "403 for three seconds at the save", fault: "token-blinks-403" },
  { about: "404 for three seconds at the save", fault: "token-blinks-404" },
  { about: "a young token gets 401", fault: "token-young-401", saysNot: [/wrong, expired or revoked/] },
  { about: "a young token gets 403", fault: "token-young-403" },
  {
    about: "seven requests are left for 40 minutes",
    fault: "allowance-of-seven",
    says: [/\b(?:3[89]|40) minutes|\d\d:\d\d/],
    check: noReset,
  },
  {
    about: "what is left would do for the look and not for the saves",
    fault: "allowance-short-of-the-save",
    says: [/\b(?:3[89]|40) minutes|\d\d:\d\d/],
    check: noReset,
  },
  { about: "the allowance is back in two seconds", fault: "allowance-back-in-two-seconds" },
  {
    about: "retry-after is 0 for ever",
    fault: "throttled-zero-for-ever",
    check: ({ puts }) => must(puts.length <= FEW_DOZEN, `${puts.length} PUTs were sent`),
  },
  {
    about: "retry-after is a date",
    fault: "throttled-by-a-date",
    check: (told) => must(gapAfterFirstPut(told) >= 2_900 && told.puts.length === 2, "the date was not obeyed"),
  },
  {
    about: "told to wait longer than there is time, and the last try is taken",
    fault: "throttled-for-longer-than-there-is",
    check: (told) => must(gapAfterFirstPut(told) >= 3_000, "it was not waited until the end"),
  },
  {
    about: "told to wait longer than there is time, and the last try is refused too",
    fault: "throttled-for-an-hour",
    check: ({ puts }) => must(puts.length === 2, `${puts.length} PUTs were sent, and not one and a last one`),
  },
  { about: "502, 404, 502, 404, accepted", fault: "put-502-404-502-404" },
  {
    about: "the token ends in six days",
    fault: "token-ends-in-six-days",
    check: (told) => warnedOfTheDay(told),
  },
  {
    about: "the token ends in six days, by an offset",
    fault: "token-ends-in-six-days-by-offset",
    check: (told) => warnedOfTheDay(told),
  },
  {
    about: "the token ends in a month, which is nobody's concern yet",
    fault: "token-ends-in-a-month",
    check: ({ run }) => must(run.main.annotations.length === 0, "there is an annotation"),
  },
  { about: "sixty destinations, and eighty writes a minute", fault: "sixty-destinations", check: calmCrowd },
];

/** A few connections at a time, and the primary is written when there is room for it. */
function calmCrowd({ stage, puts, run }: Told): string[] {
  const { opened, mostAtOnce } = stage.github.connections;
  const atRisk = Number(run.main.outputs["at-risk-ms"]);
  return [
    ...must(mostAtOnce <= 10, `${mostAtOnce} connections at once`),
    ...must(opened <= FEW_DOZEN, `${opened} connections`),
    ...must(puts[0]?.status === 204, `the primary's first PUT got ${String(puts[0]?.status)}`),
    ...must(atRisk < AT_RISK_MAX_MS, `at risk for ${atRisk} ms`),
  ];
}

function warnedOfTheDay({ stage, run }: Told): string[] {
  const end = stage.github.policy.tokenExpiresAt;
  const inWords = ["en-GB", "en-US"].map((of) => end?.toLocaleDateString(of, { dateStyle: "long", timeZone: "UTC" }));
  const days = [end?.toISOString().slice(0, 10), ...inWords].flatMap((day) => day ?? []);
  const warnings = run.main.annotations.filter(({ level }) => level === "warning");
  return must(
    warnings.some(({ title, message }) => days.some((day) => `${title} ${message}`.includes(day))),
    `no warning names ${days[0] ?? "the day"}`,
  );
}
