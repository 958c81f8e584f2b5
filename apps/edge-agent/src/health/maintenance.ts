import { TillsyncError } from "@tillsync/sync-protocol";
import { z } from "zod";
import { readMeta, writeMeta } from "../journal/meta.ts";
import type { ReplicatorPorts } from "../replicator/ports.ts";
import type { SourceLog } from "../sources/source-deps.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { inTransaction } from "../store/in-transaction.ts";
import { PAUSE_MAX_MS } from "../window-api/care.ts";
import type { Snapshot } from "../window-api/snapshot.ts";

const META_KEY = "maintenance-pause";

/** What a restart must not forget. `leftMs`: how much of it was left when it was last written. */
const keptSchema = z.object({
  sinceMs: z.number(),
  untilMs: z.number(),
  leftMs: z.number().min(0).max(PAUSE_MAX_MS),
  reason: z.string(),
});
type Kept = z.infer<typeof keptSchema>;

/** A pause that is in force. It ends by the clock or by the time that went by, whichever comes first. */
interface Pause extends Kept {
  /** By the steady clock. */
  readonly endsAtMs: number;
}

export interface Maintenance {
  /** The pause in force; null: sources are read. */
  readonly pause: () => Snapshot["pause"];
  /** Throws `store.*`; nothing is paused then. A pause in force is replaced. */
  readonly begin: (forMs: number, reason: string) => void;
  /** Ends it; does nothing where there is none. Also where the disk does not take a word of it: selling comes first. */
  readonly end: () => void;
  /** Ends a pause whose time has come, and keeps how much is left of one that goes on. Call it once a minute at least. */
  readonly check: () => void;
}

export interface MaintenanceDeps {
  readonly store: AgentStore;
  readonly ports: Pick<ReplicatorPorts, "monotonicMs">;
  readonly log: SourceLog;
}

/** How much of a pause may be forgotten with the power: it is written this often. */
const KEPT_EVERY_MS = 60_000;

/**
 * A person pauses the reading of sources for a while, and it ends by itself: after a restart too, and whatever the
 * machine's clock does. A clock that is set ahead ends it early; one that is set back does not prolong it by more than
 * what was left.
 */
export function openMaintenance(deps: MaintenanceDeps): Maintenance {
  const { store, log } = deps;
  const nowMs = deps.ports.monotonicMs;
  let pause: Pause | undefined = readKept(store, nowMs());
  let keptAtMs = nowMs();
  const isOver = (one: Pause): boolean => nowMs() >= one.endsAtMs || store.now() >= one.untilMs;
  const left = (one: Pause): number => Math.max(0, Math.min(one.endsAtMs - nowMs(), one.untilMs - store.now()));
  const end = (how: string): void => {
    if (pause === undefined) return;
    log.info({ reason: pause.reason, how }, "sources are read again after a pause for maintenance");
    pause = undefined;
    forget(deps);
  };
  const check = (): void => {
    if (pause === undefined) return;
    if (isOver(pause)) return end("its time is over");
    if (nowMs() - keptAtMs < KEPT_EVERY_MS) return;
    keptAtMs = nowMs();
    keep(deps, { ...pause, leftMs: left(pause) });
  };
  return {
    pause: () => {
      check();
      return pause === undefined ? null : present(pause, store.now(), left(pause));
    },
    begin: (forMs, reason) => {
      const sinceMs = store.now();
      const next = { sinceMs, untilMs: sinceMs + forMs, leftMs: forMs, reason };
      inTransaction(store, () => writeMeta(store, META_KEY, JSON.stringify(next)));
      pause = { ...next, endsAtMs: nowMs() + forMs };
      keptAtMs = nowMs();
      log.warn({ reason, forMs }, "sources are not read until a pause for maintenance ends");
    },
    end: () => end("a person ended it"),
    check,
  };
}

/** Where the clock was set back, the moments of before say nothing: what is left counts from now. */
const present = ({ sinceMs, reason }: Pause, wallMs: number, leftMs: number): NonNullable<Snapshot["pause"]> => ({
  sinceMs: Math.min(Math.round(sinceMs), Math.round(wallMs)),
  untilMs: Math.round(wallMs + leftMs),
  reason,
});

function readKept(store: AgentStore, monotonicMs: number): Pause | undefined {
  const text = readMeta(store, META_KEY);
  const kept = text === undefined ? undefined : keptSchema.safeParse(parseJson(text)).data;
  return kept && { ...kept, endsAtMs: monotonicMs + kept.leftMs };
}

function keep({ store, log }: MaintenanceDeps, { sinceMs, untilMs, leftMs, reason }: Kept): void {
  try {
    inTransaction(store, () => writeMeta(store, META_KEY, JSON.stringify({ sinceMs, untilMs, leftMs, reason })));
  } catch (error) {
    log.warn({ code: codeOf(error) }, "what is left of the pause could not be kept");
  }
}

function forget({ store, log }: MaintenanceDeps): void {
  try {
    inTransaction(store, () => store.prepare("DELETE FROM meta WHERE key = ?").run(META_KEY));
  } catch (error) {
    log.warn({ code: codeOf(error) }, "the end of the pause could not be kept");
  }
}

const codeOf = (error: unknown): string => (error instanceof TillsyncError ? error.code : "internal.unexpected");

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
