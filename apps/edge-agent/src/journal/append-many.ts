import { naturalKey, type Capture, type NaturalKey, type Transaction } from "@tillsync/sync-protocol";
import { keepReport } from "../day/keep-report.ts";
import type { AgentStore, JournalEnd } from "../store/agent-store.ts";
import { inTransaction } from "../store/in-transaction.ts";
import { sql } from "../store/sql.ts";
import { addToDay, contributionOf, moveInDay, type Contribution } from "./day-total.ts";
import { sha256 } from "./hash.ts";
import { differsByPseudonymsAlone } from "./pseudonym-change.ts";
import { encodeNext, insertEntry, moveEnd } from "./write-entry.ts";

/*
 * The order that everything rests on:
 *   1. entry, receipt, day total and the source's position are written in ONE SQLite transaction;
 *   2. its log is synced (`synchronous=FULL`) before COMMIT returns;
 *   3. only then is the journal's end moved in memory, listeners hear of it, and the POS gets its yes.
 * A crash before 2 leaves nothing: the position still stands before the bytes, which are read again. A crash after 2
 * leaves everything: the position stands behind them. In between there is no state. Should the bytes come again all the
 * same (another file name, a re-export), the natural key and the content's hash tell.
 */

export interface AppendItem {
  /** Parsed by `transactionSchema`: its key order is what the content's hash is made of. */
  readonly transaction: Transaction;
  readonly capture: Capture;
  readonly late?: true | undefined;
}

export type AppendOutcome =
  /** New to this journal (`revision` 1), or other content under a known key (`revision` > 1). */
  | { readonly kind: "appended"; readonly revision: number; readonly epoch: number; readonly seq: number }
  /** The same receipt with the same content was there before. */
  | { readonly kind: "duplicate" }
  /** The same pass over the same source has given other content under this key already: nothing was written. */
  | { readonly kind: "conflict" }
  /** Larger than an entry may be: nothing was written. */
  | { readonly kind: "too-large" };

export interface AppendOptions {
  /**
   * The pass over a source that the items come from (`reading.id`), or what begins it in this transaction; two contents under one
   * key in one pass conflict.
   */
  readonly reading?: PassOver;
  /** Writes of the same transaction: the source's position, what was set aside. Sees what became of the items, and the pass. */
  readonly alongside?: (outcomes: readonly AppendOutcome[], reading: number) => void;
}

/** A pass that was begun, by its id; or what begins it and gives its id, called inside of a transaction and again should that fail. */
export type PassOver = number | (() => number);

/** No pass over a source: every other content is a revision. */
const NO_READING = 0;

interface Receipt extends Contribution {
  readonly entry_key: number;
  readonly revision: number;
  readonly reading: number;
  readonly content_hash: Uint8Array;
}

/**
 * Appends the transactions that are new, in order, in one SQLite transaction that is on disk when this returns. Throws
 * `store.disk-full`, `store.disk-error`, `store.corrupt`; then nothing was written and the same call may be repeated.
 */
export function appendMany(store: AgentStore, items: readonly AppendItem[], options: AppendOptions = {}): AppendOutcome[] {
  let end: JournalEnd = store.end;
  const outcomes = inTransaction(store, () => {
    const reading = typeof options.reading === "function" ? options.reading() : (options.reading ?? NO_READING);
    const results = items.map((item) => {
      const { outcome, next } = appendOne(store, end, item, reading);
      end = next;
      return outcome;
    });
    options.alongside?.(results, reading);
    return results;
  });
  if (end !== store.end) moveEnd(store, end);
  return outcomes;
}

function appendOne(store: AgentStore, end: JournalEnd, item: AppendItem, reading: number): { outcome: AppendOutcome; next: JournalEnd } {
  const key = naturalKey(item.transaction.identity);
  const content = JSON.stringify(item.transaction);
  const contentHash = sha256(content);
  const known = findReceipt(store, key);
  if (known !== undefined && isSameReceipt(store, known, contentHash, item.transaction)) {
    if (known.reading !== reading) markSeen(store, key, reading);
    return { outcome: { kind: "duplicate" }, next: end };
  }
  if (known !== undefined && reading !== NO_READING && known.reading === reading) return { outcome: { kind: "conflict" }, next: end };
  const revision = (known?.revision ?? 0) + 1;
  const late = item.late === true ? ',"late":true' : "";
  const body = `{"capture":${JSON.stringify(item.capture)},"revision":${revision}${late},"transaction":${content}}`;
  const entry = encodeNext(end, store.now(), "transaction", body);
  if (entry === "too-large") return { outcome: { kind: "too-large" }, next: end };
  const entryKey = insertEntry(store, entry);
  const contribution = contributionOf(item.transaction);
  if (known === undefined) {
    insertReceipt(store, key, entryKey, reading, contribution, contentHash);
    addToDay(store, item.transaction.identity, contribution);
  } else {
    replaceReceipt(store, key, entryKey, revision, reading, contribution, contentHash);
    moveInDay(store, item.transaction.identity, known, contribution);
  }
  keepReport(store, item.transaction, revision);
  return { outcome: { kind: "appended", revision, epoch: entry.end.epoch, seq: entry.end.seq }, next: entry.end };
}

const isSameReceipt = (store: AgentStore, known: Receipt, contentHash: Buffer, transaction: Transaction): boolean =>
  contentHash.equals(known.content_hash) || differsByPseudonymsAlone(store, known.entry_key, transaction);

const findReceipt = (store: AgentStore, key: NaturalKey): Receipt | undefined =>
  store
    .prepare<[string], Receipt>(
      sql`SELECT entry_key, revision, reading, type, currency, counts, gross, content_hash FROM receipt WHERE natural_key = ?`,
    )
    .get(key);

function insertReceipt(
  store: AgentStore,
  key: NaturalKey,
  entry: number,
  reading: number,
  of: Contribution,
  contentHash: Uint8Array,
): void {
  store
    .prepare(
      sql`INSERT INTO receipt (natural_key, entry_key, revision, reading, type, currency, counts, gross, content_hash)
          VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?)`,
    )
    .run(key, entry, reading, of.type, of.currency, of.counts, of.gross, contentHash);
}

function replaceReceipt(
  store: AgentStore,
  key: NaturalKey,
  entry: number,
  revision: number,
  reading: number,
  of: Contribution,
  contentHash: Uint8Array,
): void {
  store
    .prepare(
      sql`UPDATE receipt SET entry_key = ?, revision = ?, reading = ?, type = ?, currency = ?, counts = ?, gross = ?, content_hash = ?
          WHERE natural_key = ?`,
    )
    .run(entry, revision, reading, of.type, of.currency, of.counts, of.gross, contentHash, key);
}

const markSeen = (store: AgentStore, key: NaturalKey, reading: number): unknown =>
  store.prepare(sql`UPDATE receipt SET reading = ? WHERE natural_key = ?`).run(reading, key);
