import type { SupportItem } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { readInteger } from "../db/read-integer.ts";
import { sql } from "../db/sql.ts";

/** Rows of one page of the list. */
export const LIST_ROWS_MAX = 1_000;

/** A request for help, as lists have it. */
export interface SupportRow {
  readonly number: string;
  readonly terminalId: string;
  readonly storeId: string;
  /** By the terminal's clock. */
  readonly atMs: number;
  readonly receivedAtMs: number;
  readonly note: string;
  readonly agentVersion: string;
  readonly itemsTotal: number;
  readonly resolvedAtMs: number | null;
  readonly resolution: string | null;
}

export interface SupportDetail extends SupportRow {
  readonly items: readonly SupportItem[];
}

type Row = Omit<SupportRow, "atMs" | "receivedAtMs" | "resolvedAtMs"> & {
  readonly atMs: string;
  readonly receivedAtMs: string;
  readonly resolvedAtMs: string | null;
};

/** Requests, the latest first; those that are settled too with `all`. */
export async function listRequests(
  db: Queryable,
  wish: { readonly all: boolean; readonly store: string | undefined; readonly limit: number },
): Promise<SupportRow[]> {
  const rows = await db.query<Row>(sql`
    SELECT number, terminal_id AS "terminalId", store_id AS "storeId", at_ms::text AS "atMs", received_at_ms::text AS "receivedAtMs", note,
      agent_version AS "agentVersion", items_total AS "itemsTotal", resolved_at_ms::text AS "resolvedAtMs", resolution
    FROM support_request
    WHERE (${wish.all} OR resolved_at_ms IS NULL) AND (${wish.store ?? null}::text IS NULL OR store_id = ${wish.store ?? null}::text)
    ORDER BY received_at_ms DESC, terminal_id, number LIMIT ${Math.min(wish.limit, LIST_ROWS_MAX)}`);
  return rows.map(present);
}

/** All requests under a number: one, or one of each terminal that made the same. */
export async function findRequests(db: Queryable, number: string, terminal: string | undefined): Promise<SupportDetail[]> {
  const rows = await db.query<Row & { items: string }>(sql`
    SELECT number, terminal_id AS "terminalId", store_id AS "storeId", at_ms::text AS "atMs", received_at_ms::text AS "receivedAtMs", note,
      agent_version AS "agentVersion", items_total AS "itemsTotal", resolved_at_ms::text AS "resolvedAtMs", resolution, items
    FROM support_request WHERE number = ${number} AND (${terminal ?? null}::text IS NULL OR terminal_id = ${terminal ?? null}::text)
    ORDER BY received_at_ms, terminal_id LIMIT ${LIST_ROWS_MAX}`);
  return rows.map(({ items, ...row }) => ({ ...present(row), items: JSON.parse(items) as SupportItem[] }));
}

const present = ({ atMs, receivedAtMs, resolvedAtMs, ...row }: Row): SupportRow => ({
  ...row,
  atMs: readInteger(atMs),
  receivedAtMs: readInteger(receivedAtMs),
  resolvedAtMs: resolvedAtMs === null ? null : readInteger(resolvedAtMs),
});
