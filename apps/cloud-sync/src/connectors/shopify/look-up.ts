import { isRetail, type Amount } from "@tillsync/sync-protocol";
import type { DeliveryItem, LookUpResult, SendContext } from "../connector.ts";
import { asLookUp } from "../outcome.ts";
import type { ShopifyLine } from "./line.ts";
import { planItem } from "./map.ts";
import { findOrder, judgeOrder } from "./orders.ts";
import { findRefund, orderOf } from "./refunds.ts";
import { lookUpStock } from "./stock/look-up-stock.ts";
import { planStock } from "./stock/plan-stock.ts";

/** Looks for every order, every refund and every change of stock of an item. */
export async function lookUpAtShopify(line: ShopifyLine, item: DeliveryItem, context: SendContext): Promise<LookUpResult> {
  const stock = planStock(item, line.config);
  if (item.transaction.transactionType === "Inventory") return stock.kind === "stock" ? lookUpStock(line, stock.parts) : stock;
  const planned = planItem(item, line.config);
  if (planned.kind !== "plan") return planned;
  const found: (string | undefined)[] = [];
  let total: bigint | undefined;
  for (const { reference, refund, order } of planned.documents) {
    if (refund !== undefined) {
      const on = await orderOf(line, context, refund);
      if (on.kind !== "ok") return asLookUp(on);
      const there = on.value === undefined ? undefined : findRefund(on.value, refund, planned.unit);
      if (there !== undefined && there.kind !== "ok") return asLookUp(there);
      found.unshift(there?.value);
    }
    if (order !== undefined) {
      const there = await findOrder(line, order.reference);
      if (there.kind !== "ok") return asLookUp(there);
      const judged = there.value === undefined ? undefined : judgeOrder(there.value, order, planned.unit);
      if (judged !== undefined && judged.kind !== "ok") return asLookUp(judged);
      found.unshift(judged?.value);
    }
    if (reference === item.identity) total = (order?.total ?? 0n) - (refund?.total ?? 0n);
  }
  if (stock.kind === "stock") {
    const moved = await lookUpStock(line, stock.parts);
    if (moved.kind !== "found" && moved.kind !== "unfinished" && moved.kind !== "absent") return moved;
    found.push(moved.kind === "found" ? moved.vendorId : undefined);
  }
  const first = found.find((one) => one !== undefined);
  if (first === undefined) return { kind: "absent" };
  if (found.includes(undefined)) return { kind: "unfinished", vendorId: first };
  const { transaction } = item;
  const own =
    total === undefined || !isRetail(transaction) ? {} : { total: { amount: total.toString() as Amount, currency: transaction.currency } };
  return { kind: "found", vendorId: first, ...own };
}
