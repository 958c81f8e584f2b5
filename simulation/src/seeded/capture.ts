import { encodeNext, insertEntry, moveEnd } from "../../../apps/edge-agent/src/journal/write-entry.ts";
import { appendMany, type AppendItem } from "../../../apps/edge-agent/src/journal/append-many.ts";
import { CAPTURE, makeSale } from "../../../apps/edge-agent/src/journal/testing/sales.ts";
import { readMeta, writeMeta } from "../../../apps/edge-agent/src/journal/meta.ts";
import type { AgentStore } from "../../../apps/edge-agent/src/store/agent-store.ts";
import { inTransaction } from "../../../apps/edge-agent/src/store/in-transaction.ts";
import { assert, type EntryType } from "@tillsync/sync-protocol";
import { transactionOf, type Pos, type PosRecord } from "./pos.ts";

type Receipt = Extract<PosRecord, { kind: "receipt" }>;
type Bad = Exclude<PosRecord, Receipt>;

const positionKey = (pos: Pos): string => `simulated-position:${pos.workstation}`;

/** How many of the POS's records are in the journal, by the store's own word. */
export const positionOf = (store: AgentStore, pos: Pos): number => Number(readMeta(store, positionKey(pos)) ?? 0);

/**
 * Captures the next records of a POS, at most `max`, as a source does: the real append, with the position in the same
 * transaction. Gives how many were captured. `positionFirst` is a negative control.
 */
export function captureNext(store: AgentStore, pos: Pos, max: number, positionFirst: boolean): number {
  const from = positionOf(store, pos);
  const next = pos.records.slice(from, from + max);
  const [first] = next;
  if (first === undefined) return 0;
  if (first.kind !== "receipt") {
    appendBad(store, pos, first, from + 1);
    return 1;
  }
  const stop = next.findIndex((record) => record.kind !== "receipt");
  const receipts = next.slice(0, stop === -1 ? next.length : stop) as Receipt[];
  const items: AppendItem[] = receipts.map((record) => ({ transaction: transactionOf(pos, record), capture: CAPTURE }));
  const moved = (): void => writeMeta(store, positionKey(pos), String(from + receipts.length));
  if (positionFirst) {
    inTransaction(store, moved);
    appendMany(store, items);
  } else appendMany(store, items, { alongside: moved });
  return receipts.length;
}

/** What an agent of a version to come may have left in the journal: chained and signed as all else, not to be understood yet. */
function appendBad(store: AgentStore, pos: Pos, record: Bad, position: number): void {
  const transaction = { ...makeSale({ sequence: record.number, workstation: `${pos.workstation}-to-come` }), schemaVersion: 99 };
  const body =
    record.kind === "unknown-type" ? { made: `${pos.workstation}/${record.number}` } : { capture: CAPTURE, revision: 1, transaction };
  const type = (record.kind === "unknown-type" ? "loyalty-award" : "transaction") as EntryType;
  const entry = encodeNext(store.end, store.now(), type, JSON.stringify(body));
  assert(entry !== "too-large", "a small entry");
  inTransaction(store, () => {
    insertEntry(store, entry);
    writeMeta(store, positionKey(pos), String(position));
  });
  moveEnd(store, entry.end);
}
