import { createHash } from "node:crypto";
import { TillsyncError, transactionSchema, type Transaction } from "@tillsync/sync-protocol";
import type { Database, Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { auditDeliveries } from "./audit.ts";
import { changeDelivery, isBehindAnother, makeDue, type Delivery } from "./deliveries.ts";
import { compareEdit, newCardNumbers } from "./edit-rule.ts";
import { loadItems } from "./load-items.ts";
import { readLogRowsAt } from "./log-row.ts";

/** Fields named of one refusal or record. */
const FIELDS_MAX = 20;
/** What is due within this time may be in a worker's hands, also one whose clock is a little ahead of ours. */
const TAKEN_MARGIN_MS = 2_000;

/**
 * Corrects the descriptive and coding fields of a receipt for one destination alone, and tries it again; one that waits
 * behind another of its key goes when its turn comes. The log and every other destination keep the till's own. Whatever is
 * sent of the receipt there afterwards, replays and reversals included, is the edited one. Audited, with the reason and
 * hashes of both. Gives the fields that differ from the till's.
 * Throws `delivery.edit-refused` naming the field, `delivery.unknown`.
 */
export async function editDelivery(
  db: Database,
  wish: { id: number; transaction: unknown; who: string; reason: string },
  nowMs: number,
): Promise<readonly string[]> {
  const { id, who, reason } = wish;
  const edited = parseEdit(wish.transaction);
  let changed: readonly string[] = [];
  await changeDelivery(db, id, async (tx, row) => {
    refuseUnderWay(row, nowMs);
    const original = await readOriginal(tx, row);
    changed = checkEdit(original, edited);
    await tx.query(sql`
      INSERT INTO delivery_edit (at_ms, who, reason, destination, shard, tpos, identity, original_hash, edited_hash, transaction)
      VALUES (${nowMs}::bigint, ${who}, ${reason}, ${row.destination}, ${row.shard}, ${row.tpos}::bigint, ${row.identity},
        ${hashOf(original)}, ${hashOf(edited)}, ${JSON.stringify(edited)})`);
    await auditDeliveries(tx, [id], { action: "edit", who, reason, detail: changed.slice(0, FIELDS_MAX).join(", ") }, nowMs);
    if (!isBehindAnother(row)) await makeDue(tx, [id], nowMs);
  });
  return changed;
}

const refuse = (detail: string): never => {
  throw new TillsyncError("delivery.edit-refused", detail);
};

function parseEdit(value: unknown): Transaction {
  const parsed = transactionSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return refuse(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}`);
}

/** What may be there already in the till's form is settled first: the edited one would be another document of one name. */
function refuseUnderWay({ state, uncertainAtMs, nextAtMs }: Delivery, nowMs: number): void {
  if (state === "uncertain" || uncertainAtMs !== null) refuse("state: it was sent without an answer; that is settled first");
  const mayBeTaken = state === "held" && nextAtMs !== null && nextAtMs <= nowMs + TAKEN_MARGIN_MS;
  if (state === "retrying" || mayBeTaken) refuse("state: it is being tried; only what is parked or held can be edited");
}

async function readOriginal(tx: Queryable, { shard, tpos }: Delivery): Promise<Transaction> {
  const [item] = await loadItems(tx, shard, await readLogRowsAt(tx, shard, [tpos]), false);
  if (item === undefined || item.broken !== undefined) return refuse(item?.broken ?? "the entry is not in the log");
  return item.transaction;
}

function checkEdit(original: Transaction, edited: Transaction): readonly string[] {
  const { changed, forbidden } = compareEdit(original, edited);
  if (forbidden.length > 0) refuse(forbidden.slice(0, FIELDS_MAX).join(", "));
  if (changed.length === 0) refuse("nothing is different");
  const cards = newCardNumbers(original, edited);
  if (cards.length > 0) refuse(`${cards.join(", ")}: looks like a card number`);
  return changed;
}

const hashOf = (transaction: Transaction): Uint8Array => createHash("sha256").update(JSON.stringify(transaction)).digest();
