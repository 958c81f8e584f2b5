import { setImmediate } from "node:timers/promises";
import { ackedHead } from "../../journal/acknowledge.ts";
import { entryKey } from "../../journal/entry-key.ts";
import { onAppended } from "../../journal/on-appended.ts";
import type { ReplicatorPorts } from "../../replicator/ports.ts";
import { CLOUD } from "../../replicator/replica-journal.ts";
import type { ReplicatorLog } from "../../replicator/start-replicator.ts";
import type { AgentStore } from "../../store/agent-store.ts";
import { sql } from "../../store/sql.ts";
import { createBell } from "../down/pauses.ts";
import { writeReference } from "../store/in-reference.ts";
import { readReferenceMeta, writeReferenceMeta } from "../store/meta.ts";
import type { ReferenceFile, ReferenceStore } from "../store/reference-store.ts";
import { takeEntry } from "./take-entry.ts";

/** Entries of one step: some ten milliseconds; then the till has its turn. */
const STEP_ENTRIES = 50;
/** Facts are kept for so many entries, and longer while the cloud does not have them: its figure may lag behind its journal. */
const ENTRIES_KEPT = 100_000;
/** Sales of a busy store are noted together: each step is a commit. */
const GATHER_MS = 1_000;
const IDLE_MS = 600_000;
const RETRY_MS = 30_000;

export interface FollowDeps {
  readonly journal: AgentStore;
  readonly store: ReferenceStore;
  readonly ports: Pick<ReplicatorPorts, "setTimer">;
  readonly log: ReplicatorLog;
  readonly signal: AbortSignal;
}

/**
 * Follows the terminal's own journal until `signal` aborts and notes what it does to the stock, a moment behind the
 * sales and never in their way. After a damaged file it begins at the oldest entry that is kept. Never rejects.
 */
export async function followJournal(deps: FollowDeps): Promise<void> {
  const { journal, store, ports, signal, log } = deps;
  const bell = createBell(ports);
  const rest = createBell(ports);
  const unlisten = onAppended(journal, () => bell.ring());
  while (!signal.aborted) {
    try {
      if (followStep(journal, store)) await setImmediate();
      else {
        await bell.wait(IDLE_MS, signal);
        await rest.wait(GATHER_MS, signal);
      }
    } catch (error) {
      log.warn({ err: error }, "the own stock movements could not be noted and are tried again");
      await bell.wait(RETRY_MS, signal);
    }
  }
  unlisten();
}

/** One step; false: there is nothing more to note. */
export function followStep(journal: AgentStore, store: ReferenceStore): boolean {
  const after = Number(readReferenceMeta(store.file, "journal") ?? 0);
  const rows = journal
    .prepare<[number, number], { key: number; line: Uint8Array }>(sql`SELECT key, line FROM entry WHERE key > ? ORDER BY key LIMIT ?`)
    .all(after, STEP_ENTRIES);
  const last = rows.at(-1);
  if (last === undefined) return false;
  writeReference(store, (file) => {
    for (const { key, line } of rows) takeEntry(file, journal, key, line);
    writeReferenceMeta(file, "journal", String(last.key));
    if (last.key % 1_000 < STEP_ENTRIES) forgetOld(file, journal, last.key);
  });
  return rows.length === STEP_ENTRIES;
}

function forgetOld(file: ReferenceFile, journal: AgentStore, last: number): void {
  const { epoch } = journal.end;
  const limit = Math.min(last - ENTRIES_KEPT, entryKey(epoch, ackedHead(journal, CLOUD, epoch)?.seq ?? 0));
  const seq = limit - entryKey(epoch, 0);
  if (seq <= 0) return;
  for (const table of ["own_fact", "own_receipt"])
    file.prepare<[number, number, number]>(`DELETE FROM ${table} WHERE epoch < ? OR (epoch = ? AND seq <= ?)`).run(epoch, epoch, seq);
}
