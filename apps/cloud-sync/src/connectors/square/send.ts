import type { DeliveryItem, SendContext, SendResult } from "../connector.ts";
import type { Outcome } from "../outcome.ts";
import { dayBefore, startAttempt, type Attempt } from "./attempt.ts";
import { makeActivity } from "./gift-cards.ts";
import { giveRefunds } from "./give-refunds.ts";
import type { SquareLine } from "./line.ts";
import { planItem } from "./map.ts";
import { accountOf, movePoints } from "./move-points.ts";
import { moveStock } from "./move-stock.ts";
import { placeOrder } from "./place-order.ts";
import type { SquareDocument } from "./plan.ts";

/** Brings an item to its end at Square: each document, then the stock that came back, then the member's points, a gift card's money. */
export async function sendToSquare(line: SquareLine, item: DeliveryItem, context: SendContext): Promise<SendResult> {
  const planned = planItem(item, line.config);
  if (planned.kind !== "plan") return planned;
  const attempt = startAttempt(line, item, context);
  // A member who is not there yet holds the whole receipt: nothing of it is sent.
  for (const { member } of planned.plan.movements) {
    const account = await accountOf(line, attempt.accounts, member);
    if (account.kind !== "ok") return account;
  }
  let vendorId: string | undefined;
  for (const document of planned.plan.documents) {
    const done = await postDocument(attempt, document);
    if (done.kind !== "ok") return done;
    vendorId = done.value ?? vendorId;
  }
  for (const movement of planned.plan.movements) {
    const moved = await movePoints(attempt, movement);
    if (moved.kind !== "ok") return moved;
    vendorId ??= moved.value;
  }
  for (const activity of planned.plan.activities) {
    const made = await makeActivity(line, activity, dayBefore(item.transaction.identity.businessDay), attempt.keysMayBeGone);
    if (made.kind !== "ok") return made;
    vendorId ??= made.value;
  }
  return { kind: "delivered", ...(vendorId === undefined ? {} : { vendorId }) };
}

/** What is taken back goes before what it is exchanged for: where it is not there, nothing was sent. */
async function postDocument(attempt: Attempt, document: SquareDocument): Promise<Outcome<string | undefined>> {
  const refundsFirst = document.of !== undefined;
  const early: Outcome<string | undefined> = refundsFirst ? await giveRefunds(attempt, document) : { kind: "ok", value: undefined };
  if (early.kind !== "ok") return early;
  const placed: Outcome<string | undefined> =
    document.order === undefined ? { kind: "ok", value: undefined } : await placeOrder(attempt, document, document.order);
  if (placed.kind !== "ok") return placed;
  const refunded = refundsFirst ? early : await giveRefunds(attempt, document);
  if (refunded.kind !== "ok") return refunded;
  const stocked = await moveStock(attempt, document);
  return stocked.kind === "ok" ? { kind: "ok", value: placed.value ?? refunded.value } : stocked;
}
