import { TillsyncError, type Account, type Amount, type RedemptionId, type StoredValue } from "@tillsync/sync-protocol";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import type { RedemptionView } from "./outcomes.ts";

export interface RedemptionRow {
  readonly id: RedemptionId;
  readonly kind: "redeemed" | "refunded" | "toppedUp";
  readonly state: "reserved" | "committed" | "cancelled";
  readonly account: string;
  readonly unit: string;
  readonly amount: number;
  readonly at_risk: number;
  readonly policy: NonNullable<StoredValue["policy"]> | null;
  readonly epoch: number;
  readonly of_id: RedemptionId | null;
  readonly sale_ref: string | null;
  readonly store: string;
  readonly workstation: string;
  readonly business_day: string;
  readonly made_at_ms: number;
}

/** A call that is about to be kept. */
export type NewRedemption = Omit<RedemptionRow, "made_at_ms">;

export const findRedemption = (store: AgentStore, id: string): RedemptionRow | undefined =>
  store.prepare<[string], RedemptionRow>(sql`SELECT * FROM redemption WHERE id = ?`).get(id);

/** Keeps a call in the open transaction. */
export function insertRedemption(store: AgentStore, row: NewRedemption): void {
  store
    .prepare(
      sql`INSERT INTO redemption (id, kind, state, account, unit, amount, at_risk, policy, epoch, of_id, sale_ref, store, workstation,
            business_day, made_at_ms, settled_at_ms)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      row.id,
      row.kind,
      row.state,
      row.account,
      row.unit,
      row.amount,
      row.at_risk,
      row.policy,
      row.epoch,
      row.of_id,
      row.sale_ref,
      row.store,
      row.workstation,
      row.business_day,
      store.now(),
      row.state === "reserved" ? null : store.now(),
    );
}

/** Ends a reservation in the open transaction. */
export function settleRedemption(store: AgentStore, id: string, state: "committed" | "cancelled", saleRef: string | null): void {
  store
    .prepare(sql`UPDATE redemption SET state = ?, sale_ref = ?, settled_at_ms = ? WHERE id = ? AND state = 'reserved'`)
    .run(state, saleRef, store.now(), id);
}

/** What of a redemption was taken back here. */
export const refundsOf = (store: AgentStore, id: string): number =>
  store
    .prepare<[string], { n: number }>(sql`SELECT coalesce(sum(amount), 0) AS n FROM redemption WHERE of_id = ? AND kind = 'refunded'`)
    .get(id)?.n ?? 0;

/** What was promised or used at risk here on a business day, in one unit and of one kind of account. */
export const riskOfDay = (store: AgentStore, kind: Account["kind"], unit: string, businessDay: string): bigint =>
  BigInt(
    store
      .prepare<[string, string, string], { n: number }>(
        sql`SELECT coalesce(sum(at_risk), 0) AS n FROM redemption WHERE business_day = ? AND unit = ? AND at_risk > 0
            AND state <> 'cancelled' AND account LIKE ? || ':%'`,
      )
      .get(businessDay, unit, kind)?.n ?? 0,
  );

/** The kind is a word of ours without a colon; the id may have some. */
export function accountOfKey(key: string): Account {
  const at = key.indexOf(":");
  return { kind: key.slice(0, at) as Account["kind"], id: key.slice(at + 1) };
}

const asAmount = (n: number): Amount => String(n) as Amount;

export const viewOf = (row: RedemptionRow | NewRedemption): RedemptionView => ({
  redemptionId: row.id,
  account: accountOfKey(row.account),
  amount: asAmount(row.amount),
  unit: row.unit,
  policy: row.policy,
  atRisk: asAmount(row.at_risk),
});

/** Throws `quota.redemption-differs` unless a repeated call says what the first one said. A cancelled id says nothing. */
export function checkSame(known: RedemptionRow, kind: RedemptionRow["kind"], account: string, unit: string, amount: number): void {
  const blank = known.state === "cancelled" && known.amount === 0;
  if (blank || (known.kind === kind && known.account === account && known.unit === unit && known.amount === amount)) return;
  throw new TillsyncError("quota.redemption-differs", known.id);
}
