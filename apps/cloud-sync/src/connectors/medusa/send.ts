import type { DeliveryItem, SendResult } from "../connector.ts";
import type { Outcome } from "../outcome.ts";
import { bringOrder } from "./bring-order.ts";
import { bringReturn } from "./bring-return.ts";
import { findOrders, orderOf, partOf, readOrder } from "./find-orders.ts";
import type { Talk } from "./line.ts";
import { planItem } from "./map.ts";
import { withTotal } from "./plan-document.ts";
import type { MedusaDocument, PlannedGive } from "./plan.ts";
import { movePoints, sinceOf } from "./points.ts";
import { bringRefund } from "./refund.ts";
import type { Order } from "./shapes.ts";
import { learnVariants } from "./variants.ts";

/** Brings an item to its end: what was sold, what came back, what is owed, and the member's points. */
export async function sendToMedusa(talk: Talk, item: DeliveryItem): Promise<SendResult> {
  const planned = planItem(item, talk.config);
  if (planned.kind !== "plan") return planned;
  const { documents, movements } = planned.plan;
  const skus = documents.flatMap(({ order }) => (order?.lines ?? []).flatMap(({ sku }) => sku ?? []));
  const learnt = await learnVariants(talk, skus);
  if (learnt.kind !== "ok") return learnt;
  let vendorId: string | undefined;
  for (const document of documents) {
    const brought = await bringDocument(talk, document);
    if (brought.kind !== "ok") return brought;
    vendorId = brought.value ?? vendorId;
  }
  for (const movement of movements) {
    const moved = await movePoints(talk, movement, sinceOf(item));
    if (moved.kind !== "ok") return moved;
  }
  return { kind: "delivered", ...(vendorId === undefined ? {} : { vendorId }) };
}

async function bringDocument(talk: Talk, document: MedusaDocument): Promise<Outcome<string | undefined>> {
  const { reference, order, gives, owed } = document;
  const made = order === undefined ? undefined : await bringOrder(talk, order);
  if (made !== undefined && made.kind !== "ok") return made;
  if (gives.length === 0 && owed.lines.length === 0) return { kind: "ok", value: made?.value.id };
  const standing = await findOrders(talk, reference);
  if (standing.kind !== "ok") return standing;
  // What is owed is written down last: once it is there, nothing is left to give back.
  const [noted] = partOf(standing.value, "owed");
  if (noted !== undefined) return { kind: "ok", value: made?.value.id ?? noted.id };
  let [left, from] = [0n, undefined as string | undefined];
  for (const give of gives) {
    const given = await giveBack(talk, document, give);
    if (given.kind !== "ok") return given;
    left += give.amount - given.value.amount;
    from ??= given.value.orderId;
  }
  if (owed.lines.length === 0 && left === 0n) return { kind: "ok", value: made?.value.id ?? from };
  const owing = await bringOrder(talk, owedWith(document, left));
  return owing.kind === "ok" ? { kind: "ok", value: made?.value.id ?? from ?? owing.value.id } : owing;
}

/** The order of what is owed, with what no payment gave back. */
export const owedWith = ({ owed }: MedusaDocument, left: bigint) =>
  left === 0n
    ? owed
    : withTotal({
        ...owed,
        lines: [...owed.lines, { itemId: undefined, sku: undefined, title: "given back at the till", units: 1, price: -left }],
      });

interface Given {
  readonly orderId: string | undefined;
  readonly amount: bigint;
}

async function giveBack(talk: Talk, document: MedusaDocument, give: PlannedGive): Promise<Outcome<Given>> {
  const { reference, owed } = document;
  const source = await sourceOf(talk, document, give);
  if (source.kind !== "ok") return source;
  const order = source.value;
  if (order === undefined) return { kind: "ok", value: { orderId: undefined, amount: 0n } };
  const back = await bringReturn(talk, order, give.items, { reference, location: owed.location });
  if (back.kind !== "ok") return back;
  const refunded = await bringRefund(talk, order, give.amount, reference, owed.exponent);
  return refunded.kind === "ok" ? { kind: "ok", value: { orderId: order.id, amount: refunded.value } } : refunded;
}

/** The order that goods and money go back from; undefined: the receipt's sale has none here. */
export async function sourceOf(talk: Talk, document: MedusaDocument, { from, amount }: PlannedGive): Promise<Outcome<Order | undefined>> {
  if ("sale" in from) {
    const id = await talk.context.vendorIdOf(from.sale);
    return id === undefined ? { kind: "ok", value: undefined } : readOrder(talk, id);
  }
  const found = await findOrders(talk, from.reference);
  if (found.kind !== "ok") return found;
  const sale = orderOf(found.value, { ...document.owed, part: "sale", total: amount });
  if (sale.kind !== "ok" || sale.value !== undefined) return sale;
  const known = await talk.context.vendorIdOf(document.naturalKey);
  return known === undefined
    ? { kind: "cause-missing", cause: document.naturalKey, detail: "the order that is taken back is not there" }
    : { kind: "theirs", detail: "an order that was delivered is not found" };
}
