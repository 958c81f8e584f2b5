import { accountKey, assert, epoch as epochNumber, TillsyncError, type StoredValue } from "@tillsync/sync-protocol";
import { appendMany } from "../journal/append-many.ts";
import { enrolledAs, placeOf } from "./context.ts";
import { entryItem } from "./entry-item.ts";
import { readLease } from "./lease-rows.ts";
import type { BookedOutcome } from "./outcomes.ts";
import { checkSame, findRedemption, insertRedemption, refundsOf, viewOf, type NewRedemption } from "./redemption-rows.ts";
import type { RedemptionDeps } from "./redemptions.ts";
import type { RefundRequest } from "./requests.ts";
import { checkUnit } from "./reserve.ts";

/**
 * Books a refund or a top-up: in the journal and on disk when this returns. What comes in belongs to the cloud, which
 * hands it out again; it is not for this terminal to spend by itself. Throws `quota.redemption-differs`,
 * `quota.refund-too-large` (as far as the redemption is known here), `quota.unit-wrong`, `quota.not-enrolled`, `store.*`.
 */
export function book(deps: RedemptionDeps, kind: "refunded" | "toppedUp", request: RefundRequest): BookedOutcome {
  const { store } = deps;
  const account = accountKey(request.account);
  const amount = Number(request.amount);
  const known = findRedemption(store, request.redemptionId);
  if (known !== undefined) {
    checkSame(known, kind, account, request.unit, amount);
    if (known.state !== "committed") throw new TillsyncError("quota.redemption-differs", known.id);
    return { kind: "committed", ...viewOf(known) };
  }
  const enrolled = enrolledAs(deps);
  checkUnit(readLease(store, account, store.end.epoch), request.unit);
  if (request.of !== undefined) checkRefund(deps, request.of, account, amount);
  const place = placeOf(store, enrolled, request.place);
  const row = rowOf(kind, request, store.end.epoch, place);
  appendMany(store, [entryItem(enrolled.terminal, place, valueOf(kind, request, store.end.epoch))], {
    alongside: ([outcome]) => {
      assert(outcome?.kind === "appended", "a refund or top-up is booked once");
      insertRedemption(store, row);
    },
  });
  return { kind: "committed", ...viewOf(row) };
}

/** Another till's redemption is not known here: the cloud counts no more of its refunds than was redeemed. */
function checkRefund({ store }: RedemptionDeps, of: string, account: string, amount: number): void {
  const redeemed = findRedemption(store, of);
  if (redeemed === undefined) return;
  if (redeemed.kind !== "redeemed" || redeemed.account !== account) throw new TillsyncError("quota.redemption-differs", of);
  if (redeemed.state !== "committed" || refundsOf(store, of) + amount > redeemed.amount)
    throw new TillsyncError("quota.refund-too-large", of);
}

function rowOf(kind: "refunded" | "toppedUp", request: RefundRequest, epoch: number, place: ReturnType<typeof placeOf>): NewRedemption {
  return {
    id: request.redemptionId,
    kind,
    state: "committed",
    account: accountKey(request.account),
    unit: request.unit,
    amount: Number(request.amount),
    at_risk: 0,
    policy: null,
    epoch,
    of_id: request.of ?? null,
    sale_ref: request.saleRef ?? null,
    store: place.store,
    workstation: place.workstation,
    business_day: place.businessDay,
  };
}

function valueOf(kind: "refunded" | "toppedUp", request: RefundRequest, epoch: number): StoredValue {
  const { account, amount, unit, redemptionId, of, saleRef } = request;
  return {
    kind,
    account,
    amount,
    unit,
    redemptionId,
    epoch: epochNumber(epoch),
    ...(of === undefined ? {} : { of }),
    ...(saleRef === undefined ? {} : { saleRef }),
  };
}
