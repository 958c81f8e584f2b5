import type { Collection, DocumentId } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { lockDocuments } from "../reference/lock-documents.ts";
import { writeDocuments, type MovedHead } from "../reference/write-documents.ts";
import { foldMembers, memberParts } from "./fold-members.ts";
import { foldOrders, orderIds } from "./fold-orders.ts";
import type { FoldPage, FoldRefusal } from "./fold-row.ts";
import { foldStock, stockParts } from "./fold-stock.ts";
import { orderFacts } from "./order-facts.ts";

/**
 * Folds a page of the transaction log into stock, members and orders, in the caller's transaction, and gives the heads that
 * moved. The same page again changes nothing: orders and members are joins, and of stock every record stands once.
 */
export async function foldPage(tx: Queryable, page: FoldPage, nowMs: number): Promise<MovedHead[]> {
  const [stock, members, orders] = [stockParts(page.rows), memberParts(page.rows), orderFacts(page.rows)];
  const named: [Collection, readonly DocumentId[]][] = [
    ["stock", stock.map(({ id }) => id)],
    ["members", members.map(({ id }) => id)],
    ["orders", orders.flatMap(orderIds)],
  ];
  const wanted = named.flatMap(([collection, ids]) => ids.map((id) => ({ collection, id })));
  await noteRefusals(
    tx,
    page.broken.map(({ shard, tpos, broken }) => ({ shard, tpos, code: "entry.invalid", detail: broken })),
    nowMs,
  );
  if (wanted.length === 0) return [];
  await lockDocuments(tx, wanted);
  const told = await foldOrders(tx, orders);
  await noteRefusals(tx, told.refusals, nowMs);
  const changes = [...(await foldStock(tx, stock)), ...(await foldMembers(tx, members)), ...told.changes];
  // Last: it holds the scopes' rows from here to the commit.
  return writeDocuments(tx, changes, nowMs);
}

export async function noteRefusals(tx: Queryable, refusals: readonly FoldRefusal[], nowMs: number): Promise<void> {
  if (refusals.length === 0) return;
  const rows = refusals.map(({ shard, tpos, code, detail }) => ({ h: shard, p: tpos, c: code, d: detail }));
  await tx.query(sql`
    INSERT INTO fold_refusal (shard, tpos, code, detail, at_ms)
    SELECT h, p, c, d, ${nowMs}::bigint FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r (h text, p bigint, c text, d text)
    ON CONFLICT DO NOTHING`);
}
