import { documentIdSchema, rewriteOrder, TillsyncError, type OrderConflict, type OrderStatus } from "@tillsync/sync-protocol";
import type { Database } from "../db/database.ts";
import { announceHeads } from "../reference/announce-heads.ts";
import { lockDocuments } from "../reference/lock-documents.ts";
import { writeDocuments } from "../reference/write-documents.ts";
import { readStanding } from "./standing-documents.ts";
import { hlcOfMs } from "./trusted-hlc.ts";

export interface SettledConflict {
  readonly id: string;
  readonly status: OrderStatus;
  readonly settled: OrderConflict;
  /** What is told next, if there is more. */
  readonly conflict?: OrderConflict;
}

/**
 * Declares the conflict of an order settled: it is not told again. `text` is the key of its document.
 * Throws `order.unknown`, `order.no-conflict`.
 */
export async function settleConflict(db: Database, text: string, nowMs: number): Promise<SettledConflict> {
  const parsed = documentIdSchema.safeParse(text);
  if (!parsed.success) throw new TillsyncError("order.unknown", text);
  const id = parsed.data;
  const { heads, result } = await db.transaction(async (tx) => {
    await lockDocuments(tx, [{ collection: "orders", id }]);
    const standing = (await readStanding(tx, "orders", [id])).get(id);
    const order = standing?.fields;
    if (standing === undefined || order === undefined) throw new TillsyncError("order.unknown", id);
    if (order.conflict === undefined) throw new TillsyncError("order.no-conflict", id);
    const settled = order.conflict;
    const fields = rewriteOrder(order, { ...order, settled: [...(order.settled ?? []), settled] }, hlcOfMs(nowMs));
    const heads = await writeDocuments(tx, [{ collection: "orders", id, scope: standing.scope, fields }], nowMs);
    const { status, conflict } = fields;
    return { heads, result: { id, status, settled, ...(conflict === undefined ? {} : { conflict }) } };
  });
  await announceHeads(db, heads);
  return result;
}
