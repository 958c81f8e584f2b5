import type { Health } from "./health.ts";

/** From the start of the new version to its first sign of health: a large journal is checked, a share is looked through. */
export const HEALTH_DEADLINE_MS = 5 * 60_000;
/** It must then stay well for this long. */
export const SOAK_MS = 60_000;
/** A word that is older than this is none: the agent stands still or is gone. */
const SILENCE_MS = 30_000;
const POLL_MS = 1_000;
/** The third end within a probation takes the version back. */
export const STRIKES_MAX = 3;

export interface ProbationPorts {
  /** The newest word of the agent; undefined: none. */
  readonly health: () => Health | undefined;
  readonly monotonicMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

export interface Probation {
  readonly version: string;
  readonly attemptMs: number;
  readonly readBefore: readonly string[];
  readonly deadlineMs: number;
  readonly soakMs: number;
}

export type Proof = { readonly kind: "healthy" } | { readonly kind: "ill"; readonly why: string };

/**
 * Watches a version that was just put in place. Healthy: it answers at its own door under the version expected, has read
 * every source that could be read before, and goes on like that. Ill: not so in time, or its third end.
 */
export async function proveHealth(probation: Probation, ports: ProbationPorts): Promise<Proof> {
  const startMs = ports.monotonicMs();
  const pids = new Set<number>();
  let last: { beat: string; atMs: number } | undefined;
  let wellSinceMs: number | undefined;
  let why = "no word of it";
  for (;;) {
    const nowMs = ports.monotonicMs();
    const word = ports.health();
    if (word?.attemptMs === probation.attemptMs) {
      // An end and a new start begin the time anew.
      if (!pids.has(word.pid)) wellSinceMs = undefined;
      pids.add(word.pid);
      if (pids.size > STRIKES_MAX) return { kind: "ill", why: `it ended ${STRIKES_MAX} times` };
      const beat = `${word.pid} ${word.beat}`;
      if (beat !== last?.beat) last = { beat, atMs: nowMs };
      const wrong = whatIsWrong(word, probation) ?? (nowMs - last.atMs > SILENCE_MS ? "it fell silent" : undefined);
      if (wrong === undefined) wellSinceMs ??= nowMs;
      else [wellSinceMs, why] = [undefined, wrong];
    }
    if (wellSinceMs !== undefined && nowMs - wellSinceMs >= probation.soakMs) return { kind: "healthy" };
    if (wellSinceMs === undefined && nowMs - startMs >= probation.deadlineMs) return { kind: "ill", why };
    if (nowMs - startMs >= probation.deadlineMs + 2 * probation.soakMs) return { kind: "ill", why: "it does not stay well" };
    await ports.sleep(POLL_MS);
  }
}

function whatIsWrong({ version, sources }: Health, probation: Probation): string | undefined {
  if (version !== probation.version) return `version ${version} answers`;
  const unread = sources.find(({ name, isRead }) => !isRead && probation.readBefore.includes(name));
  return unread === undefined ? undefined : `source ${unread.name} is not read any more`;
}
