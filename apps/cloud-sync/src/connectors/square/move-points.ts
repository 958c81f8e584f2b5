import type { PointsMovement } from "../loyalty/plan-movements.ts";
import type { Outcome } from "../outcome.ts";
import { dayBefore, type Attempt } from "./attempt.ts";
import { findEvent, isUnder } from "./find.ts";
import { callSquare, type SquareLine } from "./line.ts";
import { accountsPage, customersPage, eventAnswer } from "./shapes.ts";

/** Points as Square counts them: above zero adds. */
const signedPoints = ({ role, points }: PointsMovement): number => (role === "accrue" || role === "reverse-burn" ? points : -points);

/** Whether an adjustment is of as many points as planned. */
export const isMoved = ({ points }: { readonly points: number }, movement: PointsMovement): boolean => points === signedPoints(movement);

export const OTHER_POINTS = { kind: "foreign", detail: "a loyalty event of other points bears our reference" } as const;

/** What a reason says behind our reference, for whoever reads the account at Square. */
const MEANS: Readonly<Record<PointsMovement["role"], string>> = {
  accrue: "added by",
  burn: "deducted by",
  "reverse-accrual": "earned before, taken back by",
  "reverse-burn": "paid with before, given back by",
};

/**
 * Moves a member's points. Always as an adjustment: it is the only event that keeps a reference of ours, by which it is
 * found again when its key may be forgotten. The till has let the member pay already, so a balance may fall below zero.
 */
export async function movePoints(attempt: Attempt, movement: PointsMovement): Promise<Outcome<string>> {
  const { line, item, keysMayBeGone } = attempt;
  const account = await accountOf(line, attempt.accounts, movement.member);
  if (account.kind !== "ok") return account;
  if (keysMayBeGone) {
    const found = await findEvent(line, account.value, dayBefore(item.transaction.identity.businessDay), movement.reference);
    if (found.kind !== "ok") return found;
    if (found.value !== undefined) return isMoved(found.value, movement) ? { kind: "ok", value: found.value.id } : OTHER_POINTS;
  }
  const body = {
    idempotency_key: movement.reference,
    adjust_points: { points: signedPoints(movement), reason: `${movement.reference} ${MEANS[movement.role]} receipt ${item.naturalKey}` },
    allow_negative_balance: true,
  };
  const path = `/v2/loyalty/accounts/${encodeURIComponent(account.value)}/adjust`;
  const moved = await callSquare(line, { method: "POST", path, body }, eventAnswer);
  if (moved.kind !== "ok") return moved;
  const { id, adjust_points, loyalty_account_id } = moved.value.event;
  const isOurs = adjust_points !== undefined && loyalty_account_id === account.value && isUnder(adjust_points, movement.reference);
  if (isOurs && !isMoved({ points: adjust_points.points }, movement)) return OTHER_POINTS;
  return isOurs ? { kind: "ok", value: id } : { kind: "foreign", detail: "the answer's loyalty event is another's" };
}

/** Accounts found for one item: its movements are mostly one member's. */
export type KnownAccounts = Map<string, string>;

/** The loyalty account of the customer whose `reference_id` is the member's pseudonym. */
export async function accountOf(line: SquareLine, known: KnownAccounts, member: string): Promise<Outcome<string>> {
  const account = known.get(member);
  if (account !== undefined) return { kind: "ok", value: account };
  const found = await findAccount(line, member);
  if (found.kind === "ok") known.set(member, found.value);
  return found;
}

async function findAccount(line: SquareLine, member: string): Promise<Outcome<string>> {
  const query = { filter: { reference_id: { exact: member } } };
  const customers = await callSquare(line, { method: "POST", path: "/v2/customers/search", body: { query, limit: 2 } }, customersPage);
  if (customers.kind !== "ok") return customers;
  const customer = customers.value.customers[0];
  if (customers.value.customers.length > 1)
    return {
      kind: "rejected",
      detail: "two customers at Square bear the member's reference: whose points they are is for a person to say",
    };
  if (customer === undefined)
    return { kind: "cause-missing", cause: `member:${member}`, detail: "no customer at Square has this reference" };
  if (customer.reference_id !== member) return { kind: "foreign", detail: "the answer's customer is another's" };
  const body = { query: { customer_ids: [customer.id] }, limit: 1 };
  const accounts = await callSquare(line, { method: "POST", path: "/v2/loyalty/accounts/search", body }, accountsPage);
  if (accounts.kind !== "ok") return accounts;
  const account = accounts.value.loyalty_accounts[0];
  if (account === undefined)
    return { kind: "cause-missing", cause: `member:${member}`, detail: "the customer has no loyalty account at Square" };
  return account.customer_id === customer.id
    ? { kind: "ok", value: account.id }
    : { kind: "foreign", detail: "the answer's account is another's" };
}
