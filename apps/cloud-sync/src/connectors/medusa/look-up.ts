import type { Amount } from "@tillsync/sync-protocol";
import type { DeliveryItem, LookUpResult } from "../connector.ts";
import { sum } from "../documents/sale-parts.ts";
import { asLookUp, type Fault, type Outcome } from "../outcome.ts";
import { isFinished } from "./bring-order.ts";
import { isReturned } from "./bring-return.ts";
import { findOrders, orderOf, partOf } from "./find-orders.ts";
import type { Talk } from "./line.ts";
import { planItem } from "./map.ts";
import { capturedOf } from "./pay.ts";
import type { MedusaDocument, PlannedGive } from "./plan.ts";
import { findMovement, sinceOf } from "./points.ts";
import { refundable, refundedUnder } from "./refund.ts";
import { sourceOf } from "./send.ts";
import { minorOf } from "./shapes.ts";

/** Looks for every order, return, refund and movement of points of an item. */
export async function lookUpAtMedusa(talk: Talk, item: DeliveryItem): Promise<LookUpResult> {
  const planned = planItem(item, talk.config);
  if (planned.kind !== "plan") return planned;
  const { documents, movements } = planned.plan;
  const all: Standing[] = [];
  for (const document of documents) {
    const looked = await lookAt(talk, document);
    if (looked.kind !== "ok") return asLookUp(looked);
    all.push(looked.value);
  }
  const seen = all.flatMap((one) => one.seen);
  for (const movement of movements) {
    const there = await findMovement(talk, movement, sinceOf(item));
    if (there.kind !== "ok") return asLookUp(there);
    seen.push({ id: there.value, isDone: there.value !== undefined });
  }
  const vendorId = all.findLast((one) => one.orderId !== undefined)?.orderId ?? seen.find(({ id }) => id !== undefined)?.id;
  if (vendorId === undefined) return { kind: "absent" };
  if (seen.some(({ isDone }) => !isDone)) return { kind: "unfinished", vendorId };
  const at = documents.findIndex(({ reference }) => reference === item.identity);
  const [own, money] = [documents[at], all[at]?.money];
  return {
    kind: "found",
    vendorId,
    ...(own === undefined || money === undefined ? {} : { total: { amount: String(money) as Amount, currency: own.owed.currency } }),
  };
}

/** One record of a document, and whether it is as it should be. `id`: undefined while there is no trace of it. */
interface Seen {
  readonly id: string | undefined;
  readonly isDone: boolean;
}

interface Standing {
  readonly seen: readonly Seen[];
  /** The document's own order. */
  readonly orderId: string | undefined;
  /** What the document's records come to, in minor units. */
  readonly money: bigint;
}

async function lookAt(talk: Talk, document: MedusaDocument): Promise<Outcome<Standing>> {
  const { order: planned, gives, owed, reference } = document;
  const { exponent } = owed;
  const found = await findOrders(talk, reference);
  if (found.kind !== "ok") return found;
  const seen: Seen[] = [];
  const own = planned === undefined ? undefined : orderOf(found.value, planned);
  if (own !== undefined && own.kind !== "ok") return own;
  const order = own?.value;
  if (planned !== undefined) seen.push({ id: order?.id, isDone: order !== undefined && isFinished(order, planned) });
  const [noted, second] = partOf(found.value, "owed");
  if (second !== undefined) return { kind: "foreign", detail: "two orders bear our reference" };
  const given = await each(gives, (give) => lookAtGive(talk, document, give));
  if (given.kind !== "ok") return given;
  const isOwed = owed.lines.length > 0 || sum(given.value.map(({ left }) => left)) > 0n;
  // Once it is written down what is owed, nothing more is given back.
  const gave = given.value.map(({ id, isDone }) => ({ id, isDone: isDone || noted !== undefined }));
  seen.push(...gave, ...(isOwed ? [{ id: noted?.id, isDone: noted !== undefined }] : []));
  const owing = noted === undefined ? 0n : (minorOf(noted.total, exponent) ?? 0n);
  const taken = order === undefined ? 0n : capturedOf(order, exponent);
  const money = taken + owing - sum(given.value.map(({ refunded }) => refunded));
  return { kind: "ok", value: { seen, orderId: order?.id, money } };
}

interface GiveSeen extends Seen {
  readonly refunded: bigint;
  /** What no payment gives back. */
  readonly left: bigint;
}

async function lookAtGive(talk: Talk, document: MedusaDocument, give: PlannedGive): Promise<Outcome<GiveSeen>> {
  const { reference, owed } = document;
  const source = await sourceOf(talk, document, give);
  if (source.kind !== "ok") return source;
  const order = source.value;
  if (order === undefined) return { kind: "ok", value: { id: undefined, isDone: true, refunded: 0n, left: give.amount } };
  const noted = refundedUnder(order, reference, owed.exponent);
  const due = noted ?? refundable(order, give.amount, owed.exponent);
  const hasTrace = noted !== undefined || order.returns?.some(({ metadata }) => metadata?.["pos_reference"] === reference) === true;
  const isDone = isReturned(order, reference, give.items) && (noted !== undefined || due === 0n);
  return { kind: "ok", value: { id: hasTrace ? order.id : undefined, isDone, refunded: noted ?? 0n, left: give.amount - due } };
}

async function each<T, R>(
  all: readonly T[],
  look: (one: T) => Promise<Outcome<R>>,
): Promise<{ readonly kind: "ok"; readonly value: readonly R[] } | Fault> {
  const seen: R[] = [];
  for (const one of all) {
    const looked = await look(one);
    if (looked.kind !== "ok") return looked;
    seen.push(looked.value);
  }
  return { kind: "ok", value: seen };
}
