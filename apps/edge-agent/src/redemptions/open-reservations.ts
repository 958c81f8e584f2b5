import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import type { OpenReservation } from "./outcomes.ts";
import { viewOf, type RedemptionRow } from "./redemption-rows.ts";

/** Reservations that are listed: a till has one at a time; thousands are a fault of the POS, and the oldest tell enough. */
export const OPEN_ROWS_MAX = 1_000;

/** Reservations that nobody has settled, oldest first. They hold what they hold until the POS or a person ends them. */
export const openReservations = (store: AgentStore): OpenReservation[] =>
  store
    .prepare<[number], RedemptionRow>(sql`SELECT * FROM redemption WHERE state = 'reserved' ORDER BY made_at_ms, id LIMIT ?`)
    .all(OPEN_ROWS_MAX)
    .map((row) => ({ ...viewOf(row), ageMs: store.now() - row.made_at_ms, isStale: row.epoch !== store.end.epoch }));

/** What `status` says of quotas. */
export interface QuotaStatus {
  /** Leases of this life of the terminal. */
  readonly leases: number;
  /** Open reservations, and how long the oldest has been open. */
  readonly reserved: number;
  readonly oldestReservedAgeMs: number | null;
}

export function quotaStatus(store: AgentStore): QuotaStatus {
  const leases =
    store.prepare<[number], { n: number }>(sql`SELECT count(*) AS n FROM quota_lease WHERE epoch = ?`).get(store.end.epoch)?.n ?? 0;
  const open = store
    .prepare<[], { n: number; oldest: number | null }>(
      sql`SELECT count(*) AS n, min(made_at_ms) AS oldest FROM redemption WHERE state = 'reserved'`,
    )
    .get();
  const oldest = open?.oldest ?? null;
  return { leases, reserved: open?.n ?? 0, oldestReservedAgeMs: oldest === null ? null : Math.max(0, store.now() - oldest) };
}
