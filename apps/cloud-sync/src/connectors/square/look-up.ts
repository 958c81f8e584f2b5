import type { Amount } from "@tillsync/sync-protocol";
import type { DeliveryItem, LookUpResult } from "../connector.ts";
import { asLookUp, type Outcome } from "../outcome.ts";
import { areaOf, currencyOf, dayBefore } from "./attempt.ts";
import type { PointsMovement } from "../loyalty/plan-movements.ts";
import { findEvent, findOrder, findRefund, findStockMove } from "./find.ts";
import { judgeRefund } from "./give-refunds.ts";
import { findOwnActivity } from "./gift-cards.ts";
import type { SquareLine } from "./line.ts";
import { planItem } from "./map.ts";
import { accountOf, isMoved, OTHER_POINTS, type KnownAccounts } from "./move-points.ts";
import { STOCK } from "./move-stock.ts";
import type { SquareDocument } from "./plan.ts";
import { isMoney } from "./shapes.ts";

/** One thing that an item needs at Square. */
type Piece = { readonly kind: "whole" | "half"; readonly id: string; readonly amount: bigint } | { readonly kind: "none" };

/** Looks for every order, refund, stock movement and loyalty event of an item. */
export async function lookUpAtSquare(line: SquareLine, item: DeliveryItem): Promise<LookUpResult> {
  const planned = planItem(item, line.config);
  if (planned.kind !== "plan") return planned;
  const pieces: Piece[] = [];
  let total = 0n;
  let vendorId: string | undefined;
  for (const document of planned.plan.documents) {
    const found = await piecesOf(line, item, document);
    if (found.kind !== "ok") return asLookUp(found);
    pieces.push(...found.value);
    const [piece] = found.value;
    if (piece !== undefined && piece.kind !== "none") vendorId = piece.id;
    if (document.reference === item.identity) for (const piece of found.value) total += piece.kind === "none" ? 0n : piece.amount;
  }
  const accounts: KnownAccounts = new Map();
  for (const movement of planned.plan.movements) {
    const found = await findMovement(line, item, movement, accounts);
    if (found.kind !== "ok") return asLookUp(found);
    pieces.push(found.value);
  }
  for (const activity of planned.plan.activities) {
    const found = await findOwnActivity(line, activity, dayBefore(item.transaction.identity.businessDay));
    if (found.kind !== "ok") return asLookUp(found);
    pieces.push(found.value === undefined ? { kind: "none" } : { kind: "whole", id: found.value, amount: 0n });
  }
  const there = pieces.filter((piece) => piece.kind !== "none");
  const first = there[0];
  if (first === undefined) return { kind: "absent" };
  if (there.length < pieces.length || there.some(({ kind }) => kind === "half")) return { kind: "unfinished", vendorId: first.id };
  const own = planned.plan.documents.some(({ reference }) => reference === item.identity);
  return {
    kind: "found",
    vendorId: vendorId ?? first.id,
    ...(own ? { total: { amount: String(total) as Amount, currency: currencyOf(item) } } : {}),
  };
}

async function piecesOf(line: SquareLine, item: DeliveryItem, document: SquareDocument): Promise<Outcome<Piece[]>> {
  const area = areaOf(item, document.location);
  const pieces: Piece[] = [];
  if (document.order !== undefined) {
    const order = await findOrder(line, area, document.reference);
    if (order.kind !== "ok") return order;
    const found = order.value;
    if (found !== undefined && !isMoney(found.total_money, document.order.total))
      return { kind: "foreign", detail: "an order of another total bears our reference" };
    if (found === undefined) pieces.push({ kind: "none" });
    else pieces.push({ kind: found.state === "COMPLETED" ? "whole" : "half", id: found.id, amount: BigInt(found.total_money.amount) });
  }
  for (const planned of document.refunds) {
    const refund = await findRefund(line, area, planned.reference);
    if (refund.kind !== "ok") return refund;
    const judged = refund.value === undefined ? undefined : judgeRefund(refund.value, planned);
    if (judged !== undefined && judged.kind !== "ok") return judged;
    pieces.push(judged === undefined ? { kind: "none" } : { kind: "whole", id: judged.value, amount: -BigInt(planned.money.amount) });
  }
  if (document.restock.length > 0) {
    const moved = await findStockMove(line, area, document.reference + STOCK);
    if (moved.kind !== "ok") return moved;
    pieces.push(moved.value === true ? { kind: "whole", id: document.reference + STOCK, amount: 0n } : { kind: "none" });
  }
  return { kind: "ok", value: pieces };
}

async function findMovement(
  line: SquareLine,
  item: DeliveryItem,
  movement: PointsMovement,
  accounts: KnownAccounts,
): Promise<Outcome<Piece>> {
  const account = await accountOf(line, accounts, movement.member);
  if (account.kind === "cause-missing") return { kind: "ok", value: { kind: "none" } };
  if (account.kind !== "ok") return account;
  const event = await findEvent(line, account.value, dayBefore(item.transaction.identity.businessDay), movement.reference);
  if (event.kind !== "ok") return event;
  if (event.value === undefined) return { kind: "ok", value: { kind: "none" } };
  if (!isMoved(event.value, movement)) return OTHER_POINTS;
  return { kind: "ok", value: { kind: "whole", id: event.value.id, amount: 0n } };
}
