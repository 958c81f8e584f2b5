import type { Amount } from "@tillsync/sync-protocol";
import type { LookUpResult } from "../connector.ts";
import type { Ask } from "./ask.ts";
import { linesAfter } from "./bring-document.ts";
import { checkOwner } from "./bring-order.ts";
import { findOrder, findRefunded, isPlaced } from "./find-order.ts";
import { chooseLines, goodsLeft, isCancelledUnder, refundUnder } from "./give-back.ts";
import type { VendureOrder } from "./operations.ts";
import { done, type Ended, type Outcome } from "./outcome.ts";
import type { PlannedRefund, VendurePlan } from "./plan.ts";
import { isSettled, paidFor } from "./settle-order.ts";
import type { Vendure } from "./vendure-line.ts";

/** How much of a document stands in Vendure. */
interface Standing {
  readonly state: "absent" | "unfinished" | "found";
  readonly vendorId: string;
  readonly total: bigint;
}

/** What stands of an item's documents, told by the last of them: the receipt itself, where it is posted. */
export async function lookUpDocuments(vendure: Vendure, plans: readonly VendurePlan[]): Promise<LookUpResult> {
  const standings: Standing[] = [];
  for (const plan of plans) {
    const standing = await lookUpDocument(vendure, plan);
    if (standing.kind === "ended") return lookUpFailed(standing.result);
    if (standing.kind === "again") return { kind: "theirs", detail: standing.why };
    standings.push(standing.value);
  }
  const last = standings.at(-1);
  if (last === undefined || standings.every(({ state }) => state === "absent")) return { kind: "absent" };
  if (standings.some(({ state }) => state !== "found")) return { kind: "unfinished", vendorId: last.vendorId };
  const currency = plans.at(-1)?.currency ?? "";
  return { kind: "found", vendorId: last.vendorId, total: { amount: last.total.toString() as Amount, currency } };
}

/** What a receipt gives back from is not there: then neither is what it gave. */
const lookUpFailed = (result: Ended): LookUpResult => (result.kind === "cause-missing" ? { kind: "absent" } : result);

async function lookUpDocument(vendure: Vendure, plan: VendurePlan): Promise<Outcome<Standing>> {
  const found = await findOrder(vendure.ask, plan.reference);
  if (found.kind !== "done") return found;
  const order = found.value;
  // Refunds come before the order: where that is paid for, what was not refunded had no payment left to refund.
  const isPaid = order !== undefined && isPlaced(order);
  const parts: Standing[] = [];
  for (const wish of plan.refunds) {
    const part = await lookUpRefund(vendure, plan, wish, isPaid);
    if (part.kind !== "done") return part;
    parts.push(part.value);
  }
  const given = parts.map(({ state, total }, at) => ({ amount: state === "found" ? -total : (plan.refunds[at]?.amount ?? 0n) }));
  const lines = linesAfter(plan, given);
  const whose = order === undefined ? done(null) : checkOwner(plan, lines, order);
  if (whose.kind !== "done") return whose;
  if (lines.length > 0 || order !== undefined) parts.push(standingOf(vendure, order));
  return done({
    state: parts.every(({ state }) => state === "found")
      ? "found"
      : parts.every(({ state }) => state === "absent")
        ? "absent"
        : "unfinished",
    vendorId: parts.findLast(({ vendorId }) => vendorId !== "")?.vendorId ?? "",
    total: parts.reduce((sum, part) => sum + part.total, 0n),
  });
}

function standingOf({ config }: Vendure, order: VendureOrder | undefined): Standing {
  if (order === undefined) return { state: "absent", vendorId: "", total: 0n };
  const state = isPlaced(order) && isSettled(order, config) ? "found" : "unfinished";
  return { state, vendorId: order.code, total: paidFor(order) };
}

async function lookUpRefund(
  { ask }: Vendure,
  { reference }: VendurePlan,
  wish: PlannedRefund,
  isPaid: boolean,
): Promise<Outcome<Standing>> {
  const found = await findRefunded(ask, wish.of);
  if (found.kind !== "done") return found;
  const order = found.value;
  if (order === undefined) return done({ state: "absent", vendorId: "", total: 0n });
  const refund = refundUnder(order, reference);
  const cancelled = isCancelledUnder(order, reference);
  const hasMoney = wish.amount === 0n || refund !== undefined || isPaid;
  const hasGoods = (cancelled || chooseLines(order, wish.goods).length === 0) && (await hasRest(ask, reference, order, wish));
  const state = hasMoney && hasGoods ? "found" : refund !== undefined || cancelled ? "unfinished" : "absent";
  const vendorId = refund === undefined ? order.code : `${order.code}/refund-${refund.id}`;
  return done({ state, vendorId: state === "absent" ? "" : vendorId, total: -BigInt(refund?.total ?? 0) });
}

/** Whether goods that the order had no more were cancelled where they were sold again, as far as they are there. */
async function hasRest(ask: Ask, reference: string, order: VendureOrder, { goods, orElse }: PlannedRefund): Promise<boolean> {
  const left = goodsLeft(order, reference, goods);
  if (left.length === 0 || orElse === undefined) return true;
  const soldAgain = await findOrder(ask, orElse);
  if (soldAgain.kind !== "done") return false;
  const there = soldAgain.value;
  return there === undefined || isCancelledUnder(there, reference) || chooseLines(there, left).length === 0;
}
