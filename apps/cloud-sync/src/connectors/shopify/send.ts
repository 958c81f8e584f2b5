import type { DeliveryItem, SendContext, SendResult } from "../connector.ts";
import type { ShopifyLine } from "./line.ts";
import { planItem } from "./map.ts";
import { createOrder } from "./orders.ts";
import { createRefund } from "./refunds.ts";
import { planStock, type StockPart } from "./stock/plan-stock.ts";
import { settleStock } from "./stock/settle-stock.ts";

/**
 * Brings an item to its end at Shopify. Refunds go first: where the order to refund is not there, nothing was sent. Stock
 * goes last: money is never held up by it.
 */
export async function sendToShopify(line: ShopifyLine, item: DeliveryItem, context: SendContext): Promise<SendResult> {
  const stock = planStock(item, line.config);
  if (item.transaction.transactionType === "Inventory") return stock.kind === "stock" ? sendStock(line, stock.parts) : stock;
  const planned = planItem(item, line.config);
  if (planned.kind !== "plan") return planned;
  if (stock.kind === "mapping-missing" || stock.kind === "rejected") return stock;
  let vendorId: string | undefined;
  for (const { refund, order } of planned.documents) {
    if (refund !== undefined) {
      const refunded = await createRefund(line, context, refund, planned.unit);
      if (refunded.kind !== "ok") return refunded;
      vendorId = refunded.value;
    }
    if (order === undefined) continue;
    const created = await createOrder(line, order, planned.unit);
    if (created.kind !== "ok") return created;
    vendorId = created.value;
  }
  const moved = stock.kind === "stock" ? await sendStock(line, stock.parts) : undefined;
  if (moved !== undefined && moved.kind !== "delivered") return moved;
  return { kind: "delivered", ...(vendorId === undefined ? {} : { vendorId }) };
}

async function sendStock(line: ShopifyLine, parts: readonly StockPart[]): Promise<SendResult> {
  let vendorId: string | undefined;
  for (const part of parts) {
    const settled = await settleStock(line, part);
    if (settled.kind !== "ok") return settled;
    vendorId ??= settled.value;
  }
  return { kind: "delivered", ...(vendorId === undefined ? {} : { vendorId }) };
}
