import type { Amount } from "@tillsync/sync-protocol";
import type { DeliveryItem, LookUpResult } from "../connector.ts";
import { asLookUp, type Outcome } from "../outcome.ts";
import { cardOf, hasMovement, type KnownCards } from "./cards.ts";
import type { CardMovement } from "../loyalty/plan-stored-value.ts";
import { findGiftVoucher, hasCredit } from "./gift-cards.ts";
import type { VoucherifyLine } from "./line.ts";
import { planItem, type PlannedOrder } from "./map.ts";
import { readOrder } from "./orders.ts";
import { sinceOf } from "./send.ts";

/** Looks for every order and every movement of points of an item. */
export async function lookUpAtVoucherify(line: VoucherifyLine, item: DeliveryItem): Promise<LookUpResult> {
  const planned = planItem(item, line.config);
  if (planned.kind !== "plan") return planned;
  const { orders, movements } = planned.plan;
  const found: (string | undefined)[] = [];
  let vendorId: string | undefined;
  for (const order of orders) {
    const there = await findOrder(line, order);
    if (there.kind !== "ok") return asLookUp(there);
    found.push(there.value);
    vendorId = there.value ?? vendorId;
  }
  const cards: KnownCards = new Map();
  for (const movement of movements) {
    const card = await cardOf(line, cards, movement.member);
    if (card.kind === "cause-missing") {
      found.push(undefined);
      continue;
    }
    if (card.kind !== "ok") return asLookUp(card);
    const there = await hasMovement(line, card.value, movement, sinceOf(item));
    if (there.kind !== "ok") return asLookUp(there);
    found.push(there.value ? card.value.id : undefined);
  }
  for (const credit of planned.plan.credits) {
    const there = await findCredit(line, credit, sinceOf(item));
    if (there.kind !== "ok") return asLookUp(there);
    found.push(there.value);
  }
  const first = found.find((one) => one !== undefined);
  if (first === undefined) return { kind: "absent" };
  if (found.includes(undefined)) return { kind: "unfinished", vendorId: first };
  const own = orders.find((order) => order.kind === "place");
  const total =
    own?.kind === "place" && isWholeReceipt(own) ? { amount: String(own.amount) as Amount, currency: line.config.currency } : undefined;
  return { kind: "found", vendorId: vendorId ?? first, ...(total === undefined ? {} : { total }) };
}

/** An exchange's order is what was sold, not what the receipt's total says. */
const isWholeReceipt = ({ body }: Extract<PlannedOrder, { kind: "place" }>): boolean =>
  !("returned_amount" in (body["metadata"] as Record<string, unknown>));

async function findCredit(line: VoucherifyLine, credit: CardMovement, sinceMs: number): Promise<Outcome<string | undefined>> {
  const voucher = await findGiftVoucher(line, credit);
  if (voucher.kind === "cause-missing") return { kind: "ok", value: undefined };
  if (voucher.kind !== "ok") return voucher;
  const there = await hasCredit(line, voucher.value, credit, sinceMs);
  return there.kind === "ok" ? { kind: "ok", value: there.value ? voucher.value.id : undefined } : there;
}

async function findOrder(line: VoucherifyLine, order: PlannedOrder): Promise<Outcome<string | undefined>> {
  const read = await readOrder(line, order.reference);
  if (read.kind !== "ok") return read;
  const standing = read.value;
  if (standing === undefined) return { kind: "ok", value: undefined };
  if (order.kind === "cancel") return { kind: "ok", value: standing.status === "CANCELED" ? standing.id : undefined };
  if (standing.amount !== order.amount) return { kind: "foreign", detail: "an order of another amount bears our reference" };
  return { kind: "ok", value: standing.id };
}
