import { findProblems, PROBLEM_RULES, type ProblemRules } from "./problems.ts";
import { isFullyRead } from "./source-freshness.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * What staff see. `safe`: everything that the POS has written was read a moment ago, and the cloud has acknowledged all of
 * it. `sending`: `left` entries to go, the line is there; `reading`: the POS's files are not read to their end yet.
 * `offline`: `kept` entries wait here, keep selling. `attention`: a person must act; `code` is what to tell whoever helps.
 * `update`: proven, and waits for the shop to close.
 */
export type TrayState =
  | { readonly kind: "safe"; readonly readAgeMs: number | null }
  | { readonly kind: "sending"; readonly left: number; readonly reading?: boolean }
  | { readonly kind: "offline"; readonly kept: number; readonly oldestAtMs: number | null }
  | { readonly kind: "attention"; readonly code: string; readonly others: number; readonly help: Snapshot["help"] }
  | { readonly kind: "update"; readonly version: string; readonly appliesFromMs: number };

export type TrayStateKind = TrayState["kind"];

/** A snapshot that is older says nothing any more: the agent or this window stood still. */
export const SNAPSHOT_FRESH_MS = 15_000;

type Wait = (snapshot: Snapshot, nowMs: number) => TrayState | undefined;

/** What keeps a picture without problems from being green, the worse first. */
const WAITS = {
  offline: ({ line, pending }) =>
    line.state === "offline" ? { kind: "offline", kept: pending.entries, oldestAtMs: pending.oldestAtMs } : undefined,
  unsent: ({ line, pending }) =>
    line.state !== "online" || pending.entries > 0 ? { kind: "sending", left: pending.entries, reading: false } : undefined,
  unread: ({ sources, pending }, nowMs) =>
    sources.every((source) => isFullyRead(source, nowMs)) ? undefined : { kind: "sending", left: pending.entries, reading: true },
  update: ({ update }) => (update === null ? undefined : { kind: "update", ...update }),
} as const satisfies Record<string, Wait>;

/** The rules by name, so that a check can leave one out and see that it is missed. */
export interface TrayRules {
  readonly problems: ProblemRules;
  readonly waits: Readonly<Record<string, Wait>>;
  readonly freshMs: number;
}
export const TRAY_RULES: TrayRules = { problems: PROBLEM_RULES, waits: WAITS, freshMs: SNAPSHOT_FRESH_MS };

/**
 * The one judgement of tray, window and command line. `attention` beats `offline` beats `sending` beats `update` beats
 * `safe`, and each further trouble makes it worse or leaves it. `snapshot` is the last one that was heard, `nowMs` the
 * same machine's clock; none, or one from another time than now, is an agent that does not answer.
 *
 * `attention`: the disk is full, the line is blocked or wants a sign-in, the terminal is not enrolled or has no source, a
 * source fails or was not looked at for long, something is set aside and nobody has taken it up, the clock is wrong,
 * reference data is blocked, an order's history contradicts itself, reading is paused. A line that is merely down is
 * `offline`. A source whose first look still goes on, whose last look is no longer fresh, or that holds files not read
 * to their end, is `sending`: never `safe`. Reference data that is only late says nothing about sales.
 */
export const trayState = (snapshot: Snapshot | undefined, nowMs: number): TrayState => judgeTray(snapshot, nowMs, TRAY_RULES);

/** `trayState` under other rules. */
export function judgeTray(snapshot: Snapshot | undefined, nowMs: number, rules: TrayRules): TrayState {
  if (snapshot === undefined || Math.abs(nowMs - snapshot.atMs) > rules.freshMs)
    return { kind: "attention", code: "agent.not-answering", others: 0, help: snapshot?.help ?? null };
  const [worst, ...others] = findProblems(snapshot, nowMs, rules.problems);
  if (worst !== undefined) return { kind: "attention", code: worst.code, others: others.length, help: snapshot.help };
  for (const wait of Object.values(rules.waits)) {
    const state = wait(snapshot, nowMs);
    if (state !== undefined) return state;
  }
  return { kind: "safe", readAgeMs: oldestLookMs(snapshot, nowMs) };
}

/** Age of the look that is longest ago. */
function oldestLookMs({ sources }: Snapshot, nowMs: number): number | null {
  const ages = sources.map(({ lastReadAtMs }) => (lastReadAtMs === null ? 0 : Math.max(0, nowMs - lastReadAtMs)));
  return ages.length === 0 ? null : Math.max(...ages);
}
