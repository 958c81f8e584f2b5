import {
  capturedTransactionSchema,
  entryEnvelopeSchema,
  isRetail,
  naturalKey,
  stockFacts,
  type CapturedTransaction,
  type Transaction,
} from "@tillsync/sync-protocol";
import { entryKey, epochOf } from "../../journal/entry-key.ts";
import type { AgentStore } from "../../store/agent-store.ts";
import { sql } from "../../store/sql.ts";
import type { ReferenceFile } from "../store/reference-store.ts";

interface ReceiptRow {
  epoch: number;
  seq: number;
  revision: number;
  hlc: string;
  voided: number;
}

/**
 * Notes what one entry of the own journal does to the store's stock, as the cloud will fold it. An entry that is carried
 * over to a later epoch moves there with what it did. What cannot be understood is the cloud's to set aside. Call it in a
 * transaction, each entry once, in order.
 */
export function takeEntry(file: ReferenceFile, journal: AgentStore, key: number, line: Uint8Array): void {
  const read = readEntry(line);
  if (read === undefined) return;
  const { captured, seq, hlc } = read;
  const [epoch, name] = [epochOf(key), naturalKey(captured.transaction.identity)];
  const known = findReceipt(file, name);
  if (known !== undefined && known.revision === captured.revision) return carryOver(file, name, known, { epoch, seq });
  const { transaction } = captured;
  const previous = known === undefined ? undefined : transactionAt(journal, known);
  const voided = isRetail(transaction) && transaction.voids !== undefined ? findReceipt(file, naturalKey(transaction.voids)) : undefined;
  const facts = stockFacts({
    transaction,
    previous,
    voided: voided === undefined || voided.voided === 1 ? undefined : transactionAt(journal, voided),
    isVoided: known?.voided === 1,
  });
  const insert = file.prepare(
    sql`INSERT OR IGNORE INTO own_fact (item_id, epoch, seq, line, kind, uom, quantity, hlc) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const moved = known?.hlc ?? hlc;
  for (const [i, fact] of facts.entries()) insert.run(fact.itemId, epoch, seq, i, fact.kind, fact.uom, fact.quantity, moved);
  file
    .prepare(
      sql`INSERT INTO own_receipt (natural_key, epoch, seq, revision, hlc, voided) VALUES (?, ?, ?, ?, ?, 0)
          ON CONFLICT (natural_key) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq, revision = excluded.revision`,
    )
    .run(name, epoch, seq, captured.revision, moved);
  if (isRetail(transaction) && transaction.status === "postVoided" && transaction.voids !== undefined)
    file.prepare(sql`UPDATE own_receipt SET voided = 1 WHERE natural_key = ?`).run(naturalKey(transaction.voids));
}

function carryOver(file: ReferenceFile, name: string, from: ReceiptRow, to: { epoch: number; seq: number }): void {
  file
    .prepare(
      sql`UPDATE own_fact SET carried_epoch = coalesce(carried_epoch, epoch), carried_seq = coalesce(carried_seq, seq), epoch = ?, seq = ?
          WHERE epoch = ? AND seq = ?`,
    )
    .run(to.epoch, to.seq, from.epoch, from.seq);
  file.prepare(sql`UPDATE own_receipt SET epoch = ?, seq = ? WHERE natural_key = ?`).run(to.epoch, to.seq, name);
}

const findReceipt = (file: ReferenceFile, name: string): ReceiptRow | undefined =>
  file.prepare<[string], ReceiptRow>(sql`SELECT epoch, seq, revision, hlc, voided FROM own_receipt WHERE natural_key = ?`).get(name);

/** Undefined where the entry is no longer kept. */
function transactionAt(journal: AgentStore, { epoch, seq }: ReceiptRow): Transaction | undefined {
  const row = journal.prepare<[number], { line: Uint8Array }>(sql`SELECT line FROM entry WHERE key = ?`).get(entryKey(epoch, seq));
  return row === undefined ? undefined : readEntry(row.line)?.captured.transaction;
}

function readEntry(line: Uint8Array): { captured: CapturedTransaction; seq: number; hlc: string } | undefined {
  const envelope = entryEnvelopeSchema.safeParse(JSON.parse(Buffer.from(line).toString("utf8")));
  if (!envelope.success || envelope.data.type !== "transaction") return undefined;
  const captured = capturedTransactionSchema.safeParse(envelope.data.body);
  return captured.success ? { captured: captured.data, seq: envelope.data.seq, hlc: envelope.data.hlc } : undefined;
}
