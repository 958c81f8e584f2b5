import {
  accountKey,
  atRiskRoom,
  availableOf,
  coversAmount,
  neededGrant,
  NO_LEASE,
  TillsyncError,
  type Amount,
  type QuotaAnswer,
} from "@tillsync/sync-protocol";
import { inTransaction } from "../store/in-transaction.ts";
import { enrolledAs, placeOf } from "./context.ts";
import { isHeard } from "./is-heard.ts";
import { mergeGrant, presentLease, readLease, reservedOf, type LeaseRow } from "./lease-rows.ts";
import type { Declined, ReserveOutcome } from "./outcomes.ts";
import {
  checkSame,
  findRedemption,
  insertRedemption,
  riskOfDay,
  viewOf,
  type NewRedemption,
  type RedemptionRow,
} from "./redemption-rows.ts";
import type { RedemptionDeps } from "./redemptions.ts";
import type { ReserveRequest } from "./requests.ts";

type Cover = "leased" | "asked" | "atRisk";

/**
 * Promises an amount: from the lease, otherwise from what the cloud grants when it is asked, otherwise at the store's risk
 * within its limits. Each step is one transaction, so that of two calls at once only one gets the last of the lease. Not
 * being covered is an answer; throws `quota.redemption-differs`, `quota.unit-wrong`, `quota.not-enrolled`, `store.*`.
 */
export async function reserve(deps: RedemptionDeps, request: ReserveRequest): Promise<ReserveOutcome> {
  enrolledAs(deps);
  const first = take(deps, request, "leased");
  if (first !== undefined) return first;
  const standing = deps.standing(request.account);
  if (standing !== "usable") return decline(deps, request, standing, "not-asked");
  const policy = deps.policy(request.account.kind);
  const answer = policy.ask ? await askCloud(deps, request) : "not-asked";
  const cloud = typeof answer === "string" ? answer : { balance: answer.balance, free: answer.free, recalling: answer.recalling };
  return (
    (typeof answer === "string" ? undefined : take(deps, request, "asked")) ??
    take(deps, request, "atRisk") ??
    decline(deps, request, "short", cloud)
  );
}

async function askCloud(deps: RedemptionDeps, request: ReserveRequest): Promise<QuotaAnswer | "offline" | "refused"> {
  const { store } = deps;
  // The cloud would have to be told first whose journal this is.
  if (!isHeard(store)) return "refused";
  const { epoch } = store.end;
  const key = accountKey(request.account);
  const lease = readLease(store, key, epoch) ?? NO_LEASE;
  const answer = await deps.ask({
    epoch: epoch as QuotaAnswer["epoch"],
    account: request.account,
    unit: request.unit,
    granted: String(neededGrant(lease, reservedOf(store, key, epoch), BigInt(request.amount))) as Amount,
    seen: String(lease.granted) as Amount,
  });
  if (typeof answer === "string") return answer;
  if (answer.epoch !== epoch || accountKey(answer.account) !== key) return "refused";
  const granted = BigInt(answer.granted);
  inTransaction(store, () => mergeGrant(store, { account: key, epoch, unit: answer.unit, granted }, undefined));
  return answer;
}

/** One attempt at a cover, in one transaction; undefined: it does not cover. A known id has its answer whatever the cover. */
function take(deps: RedemptionDeps, request: ReserveRequest, cover: Cover): ReserveOutcome | undefined {
  const { store } = deps;
  return inTransaction(store, () => {
    const known = findRedemption(store, request.redemptionId);
    if (known !== undefined) return repeated(known, request);
    if (deps.standing(request.account) !== "usable") return undefined;
    const key = accountKey(request.account);
    const { epoch } = store.end;
    const lease = presentLease(store, key);
    checkUnit(lease, request.unit);
    const atRisk = coverOf(deps, request, cover, lease);
    if (atRisk === undefined) return undefined;
    const row = rowOf(deps, request, { cover: atRisk > 0n ? "atRisk" : cover === "atRisk" ? "leased" : cover, atRisk, epoch });
    insertRedemption(store, row);
    return { kind: "reserved", ...viewOf(row) };
  });
}

/** What of the amount is at risk under a cover; undefined: the cover does not do. */
function coverOf(deps: RedemptionDeps, request: ReserveRequest, cover: Cover, lease: LeaseRow | undefined): bigint | undefined {
  const { store } = deps;
  const amount = BigInt(request.amount);
  const reserved = reservedOf(store, accountKey(request.account), store.end.epoch);
  if (coversAmount(lease ?? NO_LEASE, reserved, amount)) return 0n;
  if (cover !== "atRisk") return undefined;
  const short = amount - availableOf(lease ?? NO_LEASE, reserved);
  const { kind } = request.account;
  const day = placeOf(store, enrolledAs(deps), request.place).businessDay;
  return short <= atRiskRoom(deps.policy(kind), request.unit, riskOfDay(store, kind, request.unit, day)) ? short : undefined;
}

function rowOf(deps: RedemptionDeps, request: ReserveRequest, of: { cover: Cover; atRisk: bigint; epoch: number }): NewRedemption {
  const place = placeOf(deps.store, enrolledAs(deps), request.place);
  return {
    id: request.redemptionId,
    kind: "redeemed",
    state: "reserved",
    account: accountKey(request.account),
    unit: request.unit,
    amount: Number(request.amount),
    at_risk: Number(of.atRisk),
    policy: of.cover,
    epoch: of.epoch,
    of_id: null,
    sale_ref: request.saleRef ?? null,
    store: place.store,
    workstation: place.workstation,
    business_day: place.businessDay,
  };
}

function repeated(known: RedemptionRow, request: ReserveRequest): ReserveOutcome {
  checkSame(known, "redeemed", accountKey(request.account), request.unit, Number(request.amount));
  return known.state === "cancelled" ? { kind: "cancelled", redemptionId: known.id } : { kind: known.state, ...viewOf(known) };
}

export function checkUnit(lease: LeaseRow | undefined, unit: string): void {
  if (lease !== undefined && lease.unit !== unit) throw new TillsyncError("quota.unit-wrong", `kept in ${lease.unit}`);
}

function decline(deps: RedemptionDeps, request: ReserveRequest, reason: Declined["reason"], cloud: Declined["cloud"]): Declined {
  const key = accountKey(request.account);
  const { epoch } = deps.store.end;
  const available = availableOf(presentLease(deps.store, key) ?? NO_LEASE, reservedOf(deps.store, key, epoch));
  return { kind: "declined", reason, available: String(available) as Amount, cloud };
}
