import {
  capturedTransactionSchema,
  compareHlc,
  decodeHlc,
  entryEnvelopeSchema,
  equalBytes,
  HLC_ZERO,
  naturalKey,
  nextHash,
  type Hlc,
  type Transaction,
} from "@tillsync/sync-protocol";
import { verifyReports } from "../day/verify-reports.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import { entryKey, seqOf } from "./entry-key.ts";
import { sha256, sha256Pair } from "./hash.ts";
import { journalHeads, type LocalHead } from "./journal-heads.ts";
import { readAnchor } from "./read-journal-end.ts";
import { verifyTotals } from "./verify-totals.ts";

export interface VerifyFault {
  readonly code: "journal.chain-broken";
  readonly epoch: number | null;
  readonly seq: number | null;
  readonly what: string;
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly entries: number;
  readonly epochs: { epoch: number; fromSeq: number; seq: number; hash: string; ok: boolean }[];
  readonly receipts: number;
  /** The first fault of each epoch, and of receipts and totals. */
  readonly faults: VerifyFault[];
}

interface Row {
  readonly key: number;
  readonly line: Uint8Array;
  readonly hash: Uint8Array;
}

/**
 * Computes every epoch's chain again, from its beginning or from where it is kept, and compares receipts with entries
 * and totals with receipts. Reads one snapshot, changes nothing. A broken chain proves that something was changed after
 * it was written; an intact one that nothing was, up to the head that the cloud has.
 */
export function verifyJournal(store: AgentStore): VerifyReport {
  store.db.exec("BEGIN");
  try {
    const epochs: VerifyReport["epochs"] = [];
    const faults: VerifyFault[] = [];
    let entries = 0;
    for (const head of journalHeads(store)) {
      const found = verifyEpoch(store, head);
      entries += found.entries;
      if (found.fault !== undefined) faults.push(found.fault);
      epochs.push({ epoch: head.epoch, fromSeq: found.fromSeq, seq: head.seq, hash: head.hash, ok: found.fault === undefined });
    }
    const totals = verifyTotals(store);
    faults.push(...totals.faults, ...verifyReports(store));
    return { ok: faults.length === 0, entries, epochs, receipts: totals.receipts, faults };
  } finally {
    store.db.exec("COMMIT");
  }
}

function verifyEpoch(store: AgentStore, head: LocalHead): { entries: number; fromSeq: number; fault?: VerifyFault } {
  const { epoch } = head;
  const anchor = readAnchor(store.prepare, epoch) ?? { seq: 0, hash: new Uint8Array(0) };
  const rows = store.prepare<[number, number], Row>(sql`SELECT key, line, hash FROM entry WHERE key BETWEEN ? AND ? ORDER BY key`);
  let { seq, hash } = anchor;
  let hlc: Hlc = HLC_ZERO;
  let entries = 0;
  const fault = (what: string) => ({
    entries,
    fromSeq: anchor.seq + 1,
    fault: { code: "journal.chain-broken" as const, epoch, seq: seq + 1, what },
  });
  for (const row of rows.iterate(entryKey(epoch, 0), entryKey(epoch + 1, 0) - 1)) {
    if (seqOf(row.key) !== seq + 1) return fault("the entry is missing");
    hash = nextHash(sha256Pair, hash, row.line);
    if (!equalBytes(hash, row.hash)) return fault("the entry's bytes do not lead to its hash");
    const read = readLine(row.line);
    if (read === undefined || read.seq !== seq + 1) return fault("the entry cannot be read or has another number");
    if (compareHlc(read.hlc, hlc) <= 0) return fault("the entry's time is not after the one before");
    const mismatch = read.body === undefined ? undefined : compareReceipt(store, row.key, read.body);
    if (mismatch !== undefined) return fault(mismatch);
    ({ hlc } = read);
    seq += 1;
    entries += 1;
  }
  return { entries, fromSeq: anchor.seq + 1 };
}

interface ReadLine {
  readonly seq: number;
  readonly hlc: Hlc;
  readonly body: { revision: number; transaction: Transaction } | undefined;
}

function readLine(line: Uint8Array): ReadLine | undefined {
  try {
    const envelope = entryEnvelopeSchema.parse(JSON.parse(Buffer.from(line.buffer, line.byteOffset, line.length).toString("utf8")));
    // What an older version wrote may have another shape; its bytes are what counts here.
    const body = envelope.type === "transaction" ? capturedTransactionSchema.safeParse(envelope.body).data : undefined;
    return { seq: envelope.seq, hlc: decodeHlc(envelope.hlc), body };
  } catch {
    return undefined;
  }
}

function compareReceipt(store: AgentStore, key: number, body: NonNullable<ReadLine["body"]>): string | undefined {
  const receipt = store
    .prepare<[string], { revision: number; entry_key: number; content_hash: Uint8Array }>(
      sql`SELECT revision, entry_key, content_hash FROM receipt WHERE natural_key = ?`,
    )
    .get(naturalKey(body.transaction.identity));
  if (receipt === undefined) return "the entry's receipt is not known";
  if (receipt.revision < body.revision) return "the receipt is behind the entry's revision";
  if (receipt.entry_key !== key) return undefined;
  return sha256(JSON.stringify(body.transaction)).equals(receipt.content_hash)
    ? undefined
    : "the receipt's content hash is not the entry's";
}
