/**
 * Every wait that is not an input, each once: how long the action waits, how often it looks, when it gives up. `_MS` is
 * in milliseconds; `_SHARE` is a share of the time that the sentence names.
 *
 * The inputs give the rest. `reset-timeout`: how long the answer to the reset may take. `save-timeout`: how long to try
 * to save the new secret, from the moment that it is known. `settle-time`: how long one of SnapTrade's servers may still
 * answer as before a change, and how long a request whose client is gone may still take effect, at either service.
 */

// Before the reset

/** How long to retry harmless requests, because a single failure should not fail the run. */
export const BLIPS_MS = 10_000;
/** How long a new token may be unknown, or without its rights. */
export const YOUNG_MS = 5_000;
/** The first pause between such tries, even if a limit allows one at once; each further one is twice as long. */
export const RETRY_PAUSE_MIN_MS = 200;
export const RETRY_PAUSE_MAX_MS = 2_000;
/** How long to wait for limits: for SnapTrade's once before and once after the reset, for GitHub's in one request. */
export const LIMITS_WAIT_MAX_MS = 120_000;
/** SnapTrade gives the wait in whole seconds, so 0 may mean a part of one. */
export const LIMIT_WAIT_MIN_MS = 1_000;
/** GitHub gives the time at which the token's allowance is full again in whole seconds. */
export const ALLOWANCE_MARGIN_MS = 1_000;
/** GitHub's documentation: without a header, wait at least a minute. */
export const SECONDARY_LIMIT_WAIT_MS = 60_000;
/** A longer wait is announced before it begins, because a silent log looks like a hanging run. */
export const ANNOUNCED_FROM_MS = 5_000;
/** A token must not expire within the save timeout and this margin. */
export const TOKEN_MARGIN_MS = 60_000;
/** Reads lag behind a create, so a secret is looked for again before it counts as missing. */
export const LOOK_PAUSE_MS = 1_000;
/** How long a write of an earlier run may take to take effect, however long the settle time is. */
export const LANDS_WITHIN_MAX_MS = 30_000;
/** How long to try to delete a canary. A leftover canary blocks nothing. */
export const DELETING_MS = 5_000;
export const DELETE_PAUSE_MS = 500;
/** How long to wait for the list of old canaries. */
export const LISTING_MAX_MS = 3_000;
/** The runner rewrites the event's file whenever a step starts, so it may be incomplete for a moment. */
export const EVENT_READ_FOR_MS = 2_000;
export const EVENT_READ_EVERY_MS = 100;
/** Loading blocks the process for some 50 ms, so the connections to SnapTrade are opened first. */
export const HEAD_START_MS = 2;

// Asking SnapTrade, and the reset

/** The pause between two questions: this share of the settle time, up to a limit. */
export const QUESTION_PAUSE_SHARE = 1 / 10;
export const QUESTION_PAUSE_MAX_MS = 1_000;
/** Questions may be asked again, so they need less time than the reset. */
export const PROBE_TIMEOUT_MAX_MS = 15_000;
/** How long to wait for more of an answer that is complete but makes no sense, or broken but worth something. */
export const LINGER_MS = 1_000;
/** For a whole streamed answer, whose silences have a limit of their own. */
export const STREAM_MAX_MS = 60_000;

// The save

/** The first pause between two tries is this share of the save timeout; each further one is twice as long. */
export const SAVE_FIRST_PAUSE_SHARE = 1 / 600;
export const SAVE_PAUSE_MAX_MS = 30_000;
/** This share of the save timeout is reserved for a last try at its end, up to a limit. */
export const LAST_TRY_SHARE = 1 / 10;
export const LAST_TRY_MAX_MS = 5_000;
/** How long the first write may stay unanswered before the command is printed and the same box is sent again. */
export const SILENT_AFTER_MS = 3_000;
/** The fence may last until the save timeout, and SnapTrade counts requests, so its pauses grow. */
export const FENCE_PAUSE_MAX_MS = 5_000;
export const FENCE_PAUSE_GROWTH = 1.2;
/** How long GitHub may take to show a write, however short the settle time is: its reads are eventually consistent. */
export const VISIBLE_WITHIN_MS = 10_000;
/** For all questions together whether a place hides a secret from the one that was saved. */
export const HIDING_MAX_MS = 3_000;

// The post step

/** GitHub allows the post step four minutes; the last seconds are for the report. */
export const POST_LIMIT_MS = 225_000;
/** The part of it that is reserved for the work after a running main step has its answer. */
export const POST_RESERVE_MS = 60_000;
/** The share of its time for the save, so that it can report the obstacle instead of a time-out. */
export const POST_SAVING_SHARE = 0.9;
/** How often to look whether a running main step has its answer. */
export const HEARING_EVERY_MS = 200;
/** SIGKILL takes effect at once, unless the process is in an uninterruptible wait. */
export const KILLED_WITHIN_MS = 5_000;
/** How long to wait for the end of a main step that has its answer, if the system cannot identify its process. */
export const ENDS_WITHIN_MS = 15_000;
export const ENDED_EVERY_MS = 100;
/** How often to look whether a stopped main step stands still. */
export const FREEZING_EVERY_MS = 5;

// Connections

/** One attempt, from the name's look-up to the end of the handshake. A dead name server costs five seconds of it. */
export const CONNECT_ATTEMPT_MAX_MS = 15_000;
/** Each pause between attempts is twice as long as the one before, up to this. */
export const CONNECT_PAUSE_MAX_MS = 2_000;
/** Node allows each address of a host 250 ms, in which a slow link never connects. */
export const ADDRESS_MIN_MS = 2_500;
/** A GitHub request may be retried, so an unanswered one must leave time for another. */
export const GITHUB_REQUEST_TIMEOUT_MAX_MS = 30_000;
/** An attempt to connect to GitHub gets this share of a request's time, so that the request can report the cause. */
export const CONNECT_SHARE = 0.8;
/** How long attempts to connect to GitHub may be repeated, so that a call ends with the cause, not its own deadline. */
export const RECONNECT_FOR_MS = 3_000;
export const RECONNECT_PAUSE_MS = 100;
/** Servers close idle connections, some after five seconds, and the two lanes take turns. */
export const WARMING_EVERY_MS = 1_500;
/** A connection that does not answer within this is not worth keeping for the save. */
export const WARMING_TIMEOUT_MS = 4_000;
/** undici drops an idle connection after four seconds, but it must still be open when a slow reset is answered. */
export const KEEP_ALIVE_MS = 600_000;
