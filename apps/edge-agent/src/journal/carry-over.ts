import { assert, entryEnvelopeSchema, naturalKey, capturedTransactionSchema, type EntryType } from "@tillsync/sync-protocol";
import type { AgentStore } from "../store/agent-store.ts";
import { inTransaction } from "../store/in-transaction.ts";
import { sql } from "../store/sql.ts";
import { entryKey, seqOf } from "./entry-key.ts";
import { encodeNext, insertEntry, moveEnd } from "./write-entry.ts";

/** Entries carried over in one transaction: some milliseconds each, and never a log of the size of the backlog. */
const STEP_ENTRIES = 200;

interface Carrying {
  readonly epoch: number;
  readonly carry_epoch: number;
  readonly carry_next: number;
  readonly carry_last: number;
}

/** Goes on with every unfinished carrying over. Call it at opening; sales that come meanwhile queue behind it. */
export function carryOverAll(store: AgentStore): void {
  while (carryOverStep(store)) {
    // each step is a transaction of its own
  }
}

/** One step; false when nothing is left. */
function carryOverStep(store: AgentStore): boolean {
  const open = store
    .prepare<[], Carrying>(
      sql`SELECT epoch, carry_epoch, carry_next, carry_last FROM epoch WHERE carry_epoch IS NOT NULL ORDER BY epoch LIMIT 1`,
    )
    .get();
  if (open === undefined) return false;
  const rows = store
    .prepare<[number, number, number], { key: number; line: Uint8Array }>(
      sql`SELECT key, line FROM entry WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ?`,
    )
    .all(entryKey(open.carry_epoch, open.carry_next), entryKey(open.carry_epoch, open.carry_last), STEP_ENTRIES);
  const end = inTransaction(store, () => {
    const next = rows.reduce((end, row) => appendAgain(store, end, row.line), store.end);
    const last = rows.at(-1);
    if (last === undefined) finish(store, open);
    else store.prepare(sql`UPDATE epoch SET carry_next = ? WHERE epoch = ?`).run(seqOf(last.key) + 1, open.epoch);
    return next;
  });
  if (end !== store.end) moveEnd(store, end);
  return true;
}

function appendAgain(store: AgentStore, end: AgentStore["end"], line: Uint8Array): AgentStore["end"] {
  const envelope = entryEnvelopeSchema.parse(JSON.parse(Buffer.from(line).toString("utf8")));
  // The start of the epoch that is left says nothing of another one. All else goes along, also what a newer version of the
  // agent wrote and this one does not know: the epoch that is closed is not sent any more.
  if (envelope.type === "epoch-start") return end;
  const entry = encodeNext(end, store.now(), envelope.type as EntryType, JSON.stringify(envelope.body));
  assert(entry !== "too-large", "an entry does not grow by a new number");
  const key = insertEntry(store, entry);
  const body = capturedTransactionSchema.safeParse(envelope.body);
  if (envelope.type === "transaction" && body.success)
    store
      .prepare(sql`UPDATE receipt SET entry_key = ? WHERE natural_key = ? AND revision = ?`)
      .run(key, naturalKey(body.data.transaction.identity), body.data.revision);
  return entry.end;
}

function finish(store: AgentStore, open: Carrying): void {
  store.prepare(sql`UPDATE epoch SET carry_epoch = NULL, carry_next = NULL, carry_last = NULL WHERE epoch = ?`).run(open.epoch);
}
