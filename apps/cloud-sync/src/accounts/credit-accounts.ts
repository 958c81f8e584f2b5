import { accountKey, assert, TillsyncError, type Account, type Amount, type ErrorCode } from "@tillsync/sync-protocol";
import type { Database, Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { announceHeads } from "../reference/announce-heads.ts";
import type { MovedHead } from "../reference/write-documents.ts";
import { writeAccountDocuments } from "./account-documents.ts";
import { copyState, type AccountState } from "./account-state.ts";
import { lockAccounts } from "./lock-accounts.ts";
import { preLease } from "./pre-lease.ts";
import { writeAccounts } from "./write-accounts.ts";

export interface Credit {
  readonly account: Account;
  /** Above zero. */
  readonly amount: Amount;
  readonly unit: string;
  /** Names the credit in its account: the same one again is not counted twice. */
  readonly reference: string;
  /** Becomes the account's home store. */
  readonly store?: string | undefined;
  readonly reason?: string | undefined;
}

export type Credited =
  | { readonly kind: "credited" | "repeated" }
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly detail: string };

/** Credits of one transaction: accounts stay locked for its length, some hundred milliseconds. */
export const CREDITS_MAX = 500;

/**
 * Pays into accounts, and makes those that are new: opening balances, top-ups, corrections upwards. One outcome for each
 * credit, in their order; one that is refused does not keep the others out. `account.reference-used`: another amount or
 * unit stands under a known reference; `quota.unit-wrong`; `account.store-unknown`.
 */
export async function creditAccounts(db: Database, credits: readonly Credit[], who: string, nowMs: number): Promise<Credited[]> {
  assert(credits.length <= CREDITS_MAX, "a page of credits");
  const { outcomes, heads } = await db.transaction((tx) => pay(tx, credits, who, nowMs));
  await announceHeads(db, heads);
  return outcomes;
}

/** As `creditAccounts` for one; throws where it is refused. */
export async function creditAccount(db: Database, credit: Credit, who: string, nowMs: number): Promise<"credited" | "repeated"> {
  const [outcome] = await creditAccounts(db, [credit], who, nowMs);
  assert(outcome !== undefined, "one outcome for each credit");
  if (outcome.kind === "refused") throw new TillsyncError(outcome.code, outcome.detail);
  return outcome.kind;
}

async function pay(
  tx: Queryable,
  credits: readonly Credit[],
  who: string,
  nowMs: number,
): Promise<{ outcomes: Credited[]; heads: MovedHead[] }> {
  const stores = await knownStores(tx, credits);
  const isStoreKnown = ({ store }: Credit): boolean => store === undefined || stores.has(store);
  const accounts = credits.filter(isStoreKnown).map(({ account }) => account);
  const states = await lockAccounts(tx, accounts, true, nowMs);
  const known = await knownCredits(tx, credits);
  const before = new Map([...states].map(([key, state]) => [key, copyState(state)]));
  const taken: Credit[] = [];
  const outcomes = credits.map((credit): Credited => {
    const state = states.get(accountKey(credit.account));
    if (state === undefined || !isStoreKnown(credit)) return refuse("account.store-unknown", credit.store ?? "");
    const outcome = judge(state, credit, known.get(nameOf(credit)));
    if (outcome.kind !== "credited") return outcome;
    apply(state, credit);
    known.set(nameOf(credit), credit.amount);
    taken.push(credit);
    return outcome;
  });
  const changed = [...states.values()].map((after) => ({ before: before.get(after.key) ?? after, after }));
  await writeCredits(tx, taken, who, nowMs);
  await preLease(
    tx,
    changed.map((one) => ({ state: one.after, amount: one.after.credits - one.before.credits })),
  );
  await writeAccounts(tx, states.values(), nowMs);
  const moved = changed.filter((one) => one.after.credits !== one.before.credits);
  return { outcomes, heads: await writeAccountDocuments(tx, moved, nowMs) };
}

const refuse = (code: ErrorCode, detail: string): Credited => ({ kind: "refused", code, detail });
const nameOf = ({ account, reference }: Credit): string => `${accountKey(account)}\n${reference}`;

function judge(state: AccountState, credit: Credit, known: string | undefined): Credited {
  if (known !== undefined)
    return known === credit.amount && state.unit === credit.unit
      ? { kind: "repeated" }
      : refuse("account.reference-used", credit.reference);
  if (state.unit !== "" && state.unit !== credit.unit) return refuse("quota.unit-wrong", `kept in ${state.unit}`);
  return { kind: "credited" };
}

function apply(state: AccountState, credit: Credit): void {
  state.unit = credit.unit;
  state.credits += BigInt(credit.amount);
  state.homeStore = credit.store ?? state.homeStore;
}

async function knownStores(tx: Queryable, credits: readonly Credit[]): Promise<ReadonlySet<string>> {
  const named = [...new Set(credits.flatMap(({ store }) => store ?? []))];
  if (named.length === 0) return new Set();
  const rows = await tx.query<{ store_id: string }>(sql`SELECT store_id FROM store WHERE store_id = ANY(${named}::text[])`);
  return new Set(rows.map((row) => row.store_id));
}

async function knownCredits(tx: Queryable, credits: readonly Credit[]): Promise<Map<string, string>> {
  const wanted = credits.map(({ account, reference }) => ({ account_key: accountKey(account), reference }));
  const rows = await tx.query<{ account_key: string; reference: string; amount: string }>(sql`
    SELECT c.account_key, c.reference, c.amount::text AS amount FROM account_credit c
    JOIN json_to_recordset(${JSON.stringify(wanted)}::json) AS w (account_key text, reference text) USING (account_key, reference)`);
  return new Map(rows.map((row) => [`${row.account_key}\n${row.reference}`, row.amount]));
}

async function writeCredits(tx: Queryable, credits: readonly Credit[], who: string, nowMs: number): Promise<void> {
  if (credits.length === 0) return;
  const rows = credits.map(({ account, reference, amount, reason }) => ({
    account_key: accountKey(account),
    reference,
    amount,
    reason: reason ?? reference,
  }));
  const text = JSON.stringify(rows);
  await tx.query(sql`
    INSERT INTO account_credit (account_key, reference, amount, at_ms)
    SELECT account_key, reference, amount, ${nowMs}::bigint
    FROM json_to_recordset(${text}::json) AS r (account_key text, reference text, amount numeric)`);
  await tx.query(sql`
    INSERT INTO account_audit (at_ms, action, who, reason, account_key, amount)
    SELECT ${nowMs}::bigint, 'credit', ${who}, reason, account_key, amount
    FROM json_to_recordset(${text}::json) AS r (account_key text, reason text, amount numeric)`);
}
