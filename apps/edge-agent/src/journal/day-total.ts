import { countsAsSale, isRetail, type Identity, type Transaction, type TransactionType } from "@tillsync/sync-protocol";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";

/** What one receipt adds to its day: counted once per natural key, with the money of its latest revision. */
export interface Contribution {
  readonly type: TransactionType;
  /** Empty where the type carries no currency. */
  readonly currency: string;
  /** 1 where it counts as a sale. */
  readonly counts: 0 | 1;
  /** Minor units; exact, since amounts have 15 digits at most. */
  readonly gross: number;
}

export function contributionOf(transaction: Transaction): Contribution {
  const type = transaction.transactionType;
  if (!isRetail(transaction)) return { type, currency: "", counts: 0, gross: 0 };
  const { currency, reported, computed } = transaction;
  if (!countsAsSale(transaction)) return { type, currency, counts: 0, gross: 0 };
  return { type, currency, counts: 1, gross: Number(reported.grand ?? computed.grand) };
}

export function addToDay(store: AgentStore, identity: Identity, of: Contribution): void {
  changeDay(store, identity, of, 1, 0, 1);
}

/** A revision replaces what its predecessor added, also where type or currency changed. */
export function moveInDay(store: AgentStore, identity: Identity, from: Contribution, to: Contribution): void {
  changeDay(store, identity, from, -1, 0, -1);
  changeDay(store, identity, to, 1, 1, 1);
}

function changeDay(store: AgentStore, identity: Identity, of: Contribution, transactions: number, revisions: number, sign: 1 | -1): void {
  store
    .prepare(
      sql`INSERT INTO day_total (business_day, store, workstation, type, currency, transactions, revisions, sales, gross)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT DO UPDATE SET
            transactions = transactions + excluded.transactions, revisions = revisions + excluded.revisions,
            sales = sales + excluded.sales, gross = gross + excluded.gross`,
    )
    .run(
      identity.businessDay,
      identity.store,
      identity.workstation,
      of.type,
      of.currency,
      transactions,
      revisions,
      sign * of.counts,
      sign * of.gross,
    );
}
