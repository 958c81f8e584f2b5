import type { DeliveryItem, SendResult } from "../connector.ts";
import { cardOf, movePoints, type KnownCards } from "./cards.ts";
import { moveCredit } from "./gift-cards.ts";
import type { VoucherifyLine } from "./line.ts";
import { planItem } from "./map.ts";
import { writeOrder } from "./orders.ts";

/** Nothing of an item can have been sent before its business day, whatever zones and clocks say. */
export const sinceOf = (item: DeliveryItem): number => Date.parse(`${item.transaction.identity.businessDay}T00:00:00Z`) - 86_400_000;

/** Brings an item to its end at Voucherify: its orders, the member's points, a gift card's money. */
export async function sendToVoucherify(line: VoucherifyLine, item: DeliveryItem): Promise<SendResult> {
  const planned = planItem(item, line.config);
  if (planned.kind !== "plan") return planned;
  const cards: KnownCards = new Map();
  // A member who is not there yet holds the whole receipt: nothing of it is sent.
  for (const { member } of planned.plan.movements) {
    const card = await cardOf(line, cards, member);
    if (card.kind !== "ok") return card;
  }
  let vendorId: string | undefined;
  for (const order of planned.plan.orders) {
    const written = await writeOrder(line, order);
    if (written.kind !== "ok") return written;
    vendorId = written.value;
  }
  for (const movement of planned.plan.movements) {
    const moved = await movePoints(line, cards, movement, sinceOf(item));
    if (moved.kind !== "ok") return moved;
    vendorId ??= moved.value;
  }
  for (const credit of planned.plan.credits) {
    const moved = await moveCredit(line, credit, sinceOf(item));
    if (moved.kind !== "ok") return moved;
    vendorId ??= moved.value;
  }
  return { kind: "delivered", ...(vendorId === undefined ? {} : { vendorId }) };
}
