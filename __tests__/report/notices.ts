import type { Notice } from "../../src/rotation/notices";
import { fault } from "../support/fake-destination";

const label = "NAME (secret of octo-org/brokerage)";
const broken = fault("server").fault;

/** One of each. A new code does not compile until it stands here. */
export const NOTICES: { readonly [C in Notice["code"]]: Extract<Notice, { code: C }> } = {
  "secret-proven": { code: "secret-proven" },
  "destination-proven": { code: "destination-proven", label },
  "waiting-for-rate-limit": { code: "waiting-for-rate-limit", service: "SnapTrade", waitMs: 9_999, isResetSent: false },
  "asking-on": { code: "asking-on", why: { kind: "contradiction" }, forMs: 90_000 },
  "waiting-for-writes": { code: "waiting-for-writes", waitMs: 20_000 },
  "canary-left": { code: "canary-left", label, name: "NAME_CANARY_0123456789ABCDEF", fault: broken },
  "token-expires-soon": { code: "token-expires-soon", expiresAt: Date.UTC(2026, 1, 28, 23, 59) },
  "destination-hidden": { code: "destination-hidden", hidden: [{ label: "NAME of an organization", by: "NAME" }] },
  "id-exposed": { code: "id-exposed", inputs: ["user-id"] },
  resetting: { code: "resetting" },
  "no-secret-in-answer": { code: "no-secret-in-answer", requestId: "0123456789abcdef" },
  escrow: { code: "escrow", text: "-----BEGIN AGE ENCRYPTED FILE-----" },
  "escrow-failed": { code: "escrow-failed" },
  "journal-failed": { code: "journal-failed" },
  "sealed-command": { code: "sealed-command", sure: true, label, command: "gh api --method PUT" },
  "old-sealed-command": { code: "old-sealed-command", label, command: "gh api --method PUT" },
  "save-failed": { code: "save-failed", label, fault: broken, waitMs: 10_000 },
  saved: { code: "saved", label },
  "audience-changed": { code: "audience-changed", label },
  "copies-behind": { code: "copies-behind", labels: ["NAME", "COPY"] },
  copying: { code: "copying", labels: ["NAME", "COPY"] },
  settling: { code: "settling", waitMs: 90_000 },
  "not-shown-yet": { code: "not-shown-yet", label, forMs: 10_000 },
  "hearing-main": { code: "hearing-main", forMs: 165_000 },
  "recent-write": { code: "recent-write", waitMs: 7_000 },
  signal: { code: "signal", signal: "SIGTERM" },
  uncaught: { code: "uncaught", name: "TypeError" },
  broken: { code: "broken", name: "TypeError" },
  "post-finishes": { code: "post-finishes" },
  "post-repeats": { code: "post-repeats", result: "unsaved" },
  "summary-failed": { code: "summary-failed" },
};
