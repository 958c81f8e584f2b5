import { findParts, type SaleRow } from "./sale-row.ts";
import type { JoinedRpc } from "./joined-rpc.ts";

/** Cancels drafts, with the moves that they would have made. Cancelling twice does nothing; deleting is for administrators. */
export async function cancelSales(rpc: JoinedRpc, drafts: readonly SaleRow[]): Promise<void> {
  for (const draft of drafts) {
    const { moves } = await findParts(rpc, draft.id);
    if (moves.length > 0) await rpc.press("stock.move", "cancel", moves);
    await rpc.press("sale.sale", "cancel", [draft.id]);
  }
}
