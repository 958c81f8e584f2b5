import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { writeTotals } from "../transactions/write-page.ts";
import { deliveredTotal } from "./destination-name.ts";

/** An item that is settled at the receiver: it has it, or there is nothing in it for it. */
export interface Receipt {
  readonly tpos: number;
  /** What others may wait for, which is there now. */
  readonly provides: readonly string[];
  readonly identity: string;
  readonly outcome: "delivered" | "nothing";
  readonly status: number | undefined;
  readonly vendorId: string | undefined;
  readonly answerHash: Uint8Array | undefined;
  readonly atMs: number;
}

/** A receipt that is there already is left as it is: `renewReceipts` is for replays. */
export async function insertReceipts(tx: Queryable, destination: string, shard: string, receipts: readonly Receipt[]): Promise<void> {
  if (receipts.length === 0) return;
  const added = await tx.query<{ count: number }>(sql`
    WITH added AS (INSERT INTO receipt (destination, shard, tpos, identity, outcome, status, vendor_id, answer_hash, at_ms)
    SELECT ${destination}, ${shard}, tpos, identity, outcome, status, vendor_id, decode(answer_hash, 'hex'), at_ms
    FROM json_to_recordset(${textOf(receipts)}::json)
      AS r (tpos bigint, identity text, outcome text, status int, vendor_id text, answer_hash text, at_ms bigint)
    ON CONFLICT DO NOTHING RETURNING tpos)
    SELECT count(*) AS count FROM added`);
  await writeTotals(tx, shard, new Map([[deliveredTotal(destination), BigInt(added[0]?.count ?? 0)]]));
}

/** A receiver that lost an item and got it again by a replay knows it by another id now. */
export async function renewReceipts(tx: Queryable, destination: string, shard: string, receipts: readonly Receipt[]): Promise<void> {
  const renewed = receipts.filter((row) => row.vendorId !== undefined);
  if (renewed.length === 0) return;
  await tx.query(sql`
    UPDATE receipt SET outcome = 'delivered', status = r.status, vendor_id = r.vendor_id, answer_hash = decode(r.answer_hash, 'hex'), at_ms = r.at_ms
    FROM json_to_recordset(${textOf(renewed)}::json)
      AS r (tpos bigint, status int, vendor_id text, answer_hash text, at_ms bigint)
    WHERE receipt.destination = ${destination} AND receipt.shard = ${shard} AND receipt.tpos = r.tpos
      AND receipt.outcome <> 'skipped' AND receipt.vendor_id IS DISTINCT FROM r.vendor_id`);
}

const textOf = (receipts: readonly Receipt[]): string =>
  JSON.stringify(
    receipts.map((row) => ({
      tpos: row.tpos,
      identity: row.identity,
      outcome: row.outcome,
      status: row.status,
      vendor_id: row.vendorId,
      answer_hash: row.answerHash && Buffer.from(row.answerHash).toString("hex"),
      at_ms: row.atMs,
    })),
  );
