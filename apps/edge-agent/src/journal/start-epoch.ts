import {
  assert,
  epoch as epochNumber,
  genesisHash,
  toHex,
  type EpochStartBody,
  type HashHex,
  type Head,
  seq as seqNumber,
} from "@tillsync/sync-protocol";
import type { AgentStore, JournalEnd } from "../store/agent-store.ts";
import { inTransaction } from "../store/in-transaction.ts";
import { sql } from "../store/sql.ts";
import { carryOverAll } from "./carry-over.ts";
import { entryKey } from "./entry-key.ts";
import { sha256Pair } from "./hash.ts";
import { readEpochEnd } from "./read-journal-end.ts";
import { encodeNext, insertEntry, moveEnd } from "./write-entry.ts";

export interface StartEpochOptions {
  readonly reason: EpochStartBody["reason"];
  /** The head that the new epoch goes on from. With `carryOver`: the last entry of that epoch that is surely known upstream. */
  readonly previous: { readonly epoch: number; readonly seq: number; readonly hash: string };
  /** The new epoch is past this and past every epoch known here. */
  readonly afterEpoch: number;
  /** Entries of `previous.epoch` past `previous.seq` are appended again to the new epoch, and `previous.epoch` is closed. */
  readonly carryOver: boolean;
  /** Further writes of the same transaction. */
  readonly alongside?: () => void;
}

/**
 * Starts a new life of the journal: its `epoch-start` entry is on disk when this returns, and captures go on in it.
 * Carrying over goes on in steps of its own transactions; a crash in between goes on at the next opening, and readers
 * drop what comes twice by natural key and content.
 */
export function startEpoch(store: AgentStore, options: StartEpochOptions): { epoch: number; head: Head } {
  const { previous } = options;
  const next = Math.max(store.end.epoch, options.afterEpoch) + 1;
  const last = options.carryOver ? readEpochEnd(store.prepare, previous.epoch).seq : previous.seq;
  assert(last >= previous.seq, "carries over what is past the known head");
  const end = inTransaction(store, () => {
    const genesis = insertEpoch(store, next, options.reason);
    const body: EpochStartBody = {
      reason: options.reason,
      previous: { epoch: epochNumber(previous.epoch), seq: seqNumber(previous.seq), hash: previous.hash as HashHex },
      carriedOver: countCarried(store, previous.epoch, previous.seq, last),
    };
    const entry = encodeNext({ ...genesis, hlc: store.end.hlc }, store.now(), "epoch-start", JSON.stringify(body));
    assert(entry !== "too-large", "an epoch-start is small");
    insertEntry(store, entry);
    if (options.carryOver) {
      store.prepare(sql`UPDATE epoch SET closed = 1 WHERE epoch = ?`).run(previous.epoch);
      store
        .prepare(sql`UPDATE epoch SET carry_epoch = ?, carry_next = ?, carry_last = ? WHERE epoch = ?`)
        .run(previous.epoch, previous.seq + 1, last, next);
    }
    options.alongside?.();
    return entry.end;
  });
  moveEnd(store, end);
  if (options.carryOver) carryOverAll(store);
  return { epoch: next, head: { seq: seqNumber(store.end.seq), hash: toHex(store.end.hash) } };
}

/** Adds an epoch under the current journal key. For the very first one it is also the journal's end. */
export function insertEpoch(store: AgentStore, epoch: number, reason: EpochStartBody["reason"] | "first"): Omit<JournalEnd, "hlc"> {
  const hash = genesisHash(sha256Pair, store.journalKey, epochNumber(epoch));
  store
    .prepare(sql`INSERT INTO epoch (epoch, journal_key, reason, started_at_ms, anchor_seq, anchor_hash) VALUES (?, ?, ?, ?, 0, ?)`)
    .run(epoch, store.journalKey, reason, store.now(), hash);
  if (reason === "first") Object.assign(store.end, { epoch, seq: 0, hash });
  return { epoch, seq: 0, hash };
}

function countCarried(store: AgentStore, epoch: number, after: number, last: number): number {
  if (last <= after) return 0;
  const row = store
    .prepare<[number, number], { n: number }>(
      // Epoch starts are not carried over; each epoch past the first has one, as its first entry.
      sql`SELECT count(*) AS n FROM entry WHERE key BETWEEN ? AND ? AND substr(line, 1, 80) NOT LIKE '%"type":"epoch-start"%'`,
    )
    .get(entryKey(epoch, after + 1), entryKey(epoch, last));
  return row?.n ?? 0;
}
