import { z } from "zod";
import type { Outcome } from "../outcome.ts";
import { findDrafts, findOrders, orderOf, partOf, readOrder } from "./find-orders.ts";
import { fulfil, isFulfilled } from "./fulfil.ts";
import { callMedusa, postMedusa, type MedusaLine } from "./line.ts";
import { draftBody } from "./map.ts";
import { capturedOf, pay } from "./pay.ts";
import type { PlannedOrder } from "./plan.ts";
import { DRAFT_FIELDS, draftSchema, minorOf, type Draft, type Order } from "./shapes.ts";

/**
 * Brings an order to its end: drafted, checked to the cent, made an order, paid, handed over. What an earlier attempt left
 * is found by the reference. Drafts have no effect, so that one too many does no harm.
 */
export async function bringOrder(line: MedusaLine, planned: PlannedOrder): Promise<Outcome<Order>> {
  const found = await findOrders(line, planned.reference);
  if (found.kind !== "ok") return found;
  const known = orderOf(found.value, planned);
  if (known.kind !== "ok") return known;
  const opened = known.value === undefined ? await openOrder(line, planned) : { kind: "ok" as const, value: known.value };
  if (opened.kind !== "ok" || planned.part === "owed") return opened;
  const paid = await pay(line, opened.value, planned);
  if (paid.kind !== "ok") return paid;
  const handed = await fulfil(line, opened.value, planned.location);
  return handed.kind === "ok" ? opened : handed;
}

/** Whether nothing is left to do with an order. */
export const isFinished = (order: Order, planned: PlannedOrder): boolean =>
  planned.part === "owed" || (capturedOf(order, planned.exponent) === planned.total && isFulfilled(order));

async function openOrder(line: MedusaLine, planned: PlannedOrder): Promise<Outcome<Order>> {
  const drafts = await findDrafts(line, planned.reference);
  if (drafts.kind !== "ok") return drafts;
  const [first, ...others] = partOf(drafts.value, planned.part);
  for (const { id } of others) {
    const removed = await removeDraft(line, id);
    if (removed.kind !== "ok") return removed;
  }
  const draft = first === undefined ? await makeDraft(line, planned) : { kind: "ok" as const, value: first };
  if (draft.kind !== "ok") return draft;
  const wrong = whatIsWrong(draft.value, planned);
  if (wrong !== undefined) {
    const removed = await removeDraft(line, draft.value.id);
    return removed.kind === "ok" ? { kind: "rejected", detail: wrong } : removed;
  }
  const { id } = draft.value;
  const converted = await postMedusa(line, `/admin/draft-orders/${id}/convert-to-order`, {}, { field: "order", id });
  if (converted.kind !== "ok") return converted;
  const order = await readOrder(line, id);
  if (order.kind !== "ok") return order;
  return order.value === undefined ? { kind: "uncertain", detail: "the order is not there" } : { kind: "ok", value: order.value };
}

async function makeDraft(line: MedusaLine, planned: PlannedOrder): Promise<Outcome<Draft>> {
  const body = draftBody(planned, line.config, line.variants);
  const request = { method: "POST" as const, path: "/admin/draft-orders", query: { fields: DRAFT_FIELDS }, body };
  const made = await callMedusa(line, request, z.object({ draft_order: draftSchema }));
  if (made.kind !== "ok") return made;
  const { draft_order: draft } = made.value;
  const isOurs = draft.metadata?.["pos_reference"] === planned.reference && draft.metadata["pos_part"] === planned.part;
  return isOurs ? { kind: "ok", value: draft } : { kind: "uncertain", detail: "the answer is another's draft" };
}

/** What keeps a draft from being what the till did; undefined: nothing. */
function whatIsWrong(draft: Draft, { total, currency, exponent }: PlannedOrder): string | undefined {
  if (draft.currency_code !== currency.toLowerCase()) return `the region sells in ${draft.currency_code}, the till in ${currency}`;
  return minorOf(draft.total, exponent) === total
    ? undefined
    : `Medusa makes it ${draft.total} where the till took ${total} minor units: a tax or a promotion applies`;
}

async function removeDraft(line: MedusaLine, id: string): Promise<Outcome<null>> {
  const shape = z.object({ id: z.literal(id), deleted: z.literal(true) });
  const removed = await callMedusa(line, { method: "DELETE", path: `/admin/draft-orders/${encodeURIComponent(id)}` }, shape);
  return removed.kind === "ok" ? { kind: "ok", value: null } : removed;
}
