const CLIENT_ID = [/client[- ]id/i];
const NO_SUCH_USER = [/user[- ]id/i, /no such user|no user|not exist|(does|did) not know|unknown user|not in/i];
const LINE_END = /line (end|break)|newline|white ?space|U\+000[AD]/i;
const NO_BREAK_SPACE = /no-break space|non-breaking space|white ?space|U\+00A0/i;
const BYTE_ORDER_MARK = /byte[- ]order mark|U\+FEFF/i;
const NOT_CHECKED = [/not (be )?checked|could not check|cannot check|not confirmed/i];

const inEachWay = (said: readonly RegExp[], ...names: readonly string[]): Record<string, readonly RegExp[]> =>
  Object.fromEntries(names.flatMap((name) => ["", "-signature", "-secret"].map((way) => [`${name}${way}`, said])));

/** What log or summary must say under a fault. */
export const SAID: Readonly<Record<string, readonly RegExp[]>> = {
  ...inEachWay(CLIENT_ID, "client-id-unknown", "client-off-from-reset"),
  ...inEachWay(CLIENT_ID, "client-off-after-save", "client-off-after-failed-save"),
  "client-id-named-like-a-user": CLIENT_ID,
  "lost-and-client-off": CLIENT_ID,
  "user-id-mistyped": NO_SUCH_USER,
  "dead-users-without-user": NO_SUCH_USER,
  "dead-users-other-spelling": NO_SUCH_USER,
  "dead-users-silent": NOT_CHECKED,
  "dead-users-error": NOT_CHECKED,
  "dead-users-paged-link": NOT_CHECKED,
  "user-secret-line-end": [/user-secret/, LINE_END],
  "user-secret-crlf": [/user-secret/, LINE_END],
  "user-secret-blank": [/user-secret/, /white ?space|blank|space|U\+0020/i],
  "user-secret-no-break-space": [/user-secret/, NO_BREAK_SPACE],
  "user-secret-byte-order-mark": [/user-secret/, BYTE_ORDER_MARK],
  "user-id-line-end": [/user-id/, LINE_END],
  "user-id-no-break-space": [/user-id/, NO_BREAK_SPACE],
  "client-id-line-end": [/client-id/, LINE_END],
  "client-id-crlf": [/client-id/, LINE_END],
  "consumer-key-line-end": [/consumer-key/, LINE_END],
  "consumer-key-byte-order-mark": [/consumer-key/, BYTE_ORDER_MARK],
  "probe-403-1012": [/403/, /1012/, /use the OAuth bearer flow/, /Personal/],
  "probe-400-1012": [/400/, /1012/, /use the OAuth bearer flow/, /Personal/],
  "probe-403-0000": [/403/, /0000/, /You do not have permission to perform this action/],
  "probe-400-timestamp": [/400/, /Invalid timestamp/],
  "probe-401-0000": [/401/, /0000/, /Authentication credentials were not provided/],
  ...Object.fromEntries(
    ["plain", "percent", "percent-twice", "base64", "hex", "upper-case", "html", "json"].map((name) => [
      `probe-404-echo-${name}`,
      [/404/, /1011/],
    ]),
  ),
  "probe-403-echo-part": [/403/, /1011/],
  "probe-500-echo-after-reset": [/500/],
};

const NO_LOSS = [/delete the user/i, /mode:? rescue(?! again)/];

/** What neither may say. */
export const NEVER_SAID: Readonly<Record<string, readonly RegExp[]>> = {
  ...inEachWay(NO_LOSS, "client-id-unknown"),
  ...inEachWay([/another rotation came/i], "client-off-after-save", "client-off-after-failed-save"),
  "client-id-named-like-a-user": NO_LOSS,
  "user-id-mistyped": NO_LOSS,
  "old-refused-once-then-live": [/proven dead/i],
  "save-502-and-new-live-late": [/another rotation came/i],
  "throttled-retry-after": [/two minutes/],
  "throttled-untold": [/two minutes/],
  "reset-answer-late": [/reached nobody/],
};
