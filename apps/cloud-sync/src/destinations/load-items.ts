import { TillsyncError, type Transaction } from "@tillsync/sync-protocol";
import type { DeliveryItem } from "../connectors/connector.ts";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { cleanText } from "../transactions/clean-text.ts";
import { readCaptured } from "../transactions/read-captured.ts";
import { readEntries } from "../transactions/read-entries.ts";
import { deliveryIdentity } from "./delivery-identity.ts";

/** A row of the transaction log as the dispatcher reads it: light, without the receipt. */
export interface LogRow {
  readonly tpos: number;
  readonly pos: number;
  readonly natural_key: string;
  readonly revision: number;
  readonly ordering_key: string;
  readonly terminal_id: string;
  readonly store_id: string;
  readonly received_at_ms: number;
  readonly category: string | null;
  readonly previous_category: string | null;
}

/** An item with its size in the log, which is what its place in memory is reckoned by. */
export interface LoadedItem extends DeliveryItem {
  readonly bytes: number;
  /** Why the line cannot be read, though it once could: it is parked with this reason, and blocks nobody else. */
  readonly broken: string | undefined;
}

type ReadLine = { readonly transaction: Transaction | undefined; readonly broken: string | undefined };

/** Rows of the log past `after`, at most `limit`, in order and without a hole. */
export const readLogRows = (db: Queryable, shard: string, after: number, limit: number): Promise<LogRow[]> =>
  db.query<LogRow>(sql`
    SELECT tpos, pos, natural_key, revision, ordering_key, terminal_id, store_id, received_at_ms, category, previous_category
    FROM transaction WHERE shard = ${shard} AND tpos > ${after}::bigint ORDER BY tpos LIMIT ${limit}`);

/** Rows at the positions named. */
export const readLogRowsAt = (db: Queryable, shard: string, positions: readonly number[]): Promise<LogRow[]> =>
  db.query<LogRow>(sql`
    SELECT tpos, pos, natural_key, revision, ordering_key, terminal_id, store_id, received_at_ms, category, previous_category
    FROM transaction WHERE shard = ${shard} AND tpos = ANY(${positions}::bigint[]) ORDER BY tpos`);

/** Reads the receipts of the rows from the event log, in the order of `tpos`. */
export async function loadItems(db: Queryable, shard: string, rows: readonly LogRow[], replay: boolean): Promise<LoadedItem[]> {
  const byPos = new Map<number, ReadLine & { bytes: number }>();
  const positions = rows.map((row) => row.pos).toSorted((a, b) => a - b);
  await readEntries(db, shard, positions, (entry) => {
    byPos.set(entry.pos, { ...tryReadLine(entry.line), bytes: entry.line.length });
  });
  return rows.flatMap((row) => {
    const found = byPos.get(row.pos);
    return found === undefined ? [] : [itemOf(shard, row, found, replay)];
  });
}

function tryReadLine(line: Uint8Array): ReadLine {
  try {
    return { transaction: readCaptured(line), broken: undefined };
  } catch (error) {
    return { transaction: undefined, broken: error instanceof TillsyncError ? cleanText(error.message) : "the entry cannot be read" };
  }
}

function itemOf(shard: string, row: LogRow, found: ReadLine & { bytes: number }, replay: boolean): LoadedItem {
  return {
    identity: deliveryIdentity(row.natural_key, row.revision),
    naturalKey: row.natural_key,
    revision: row.revision,
    supersedes: row.revision === 1 ? undefined : deliveryIdentity(row.natural_key, row.revision - 1),
    orderingKey: row.ordering_key,
    shard,
    tpos: row.tpos,
    terminal: row.terminal_id,
    store: row.store_id,
    receivedAtMs: row.received_at_ms,
    // Nobody maps a broken item: it is refused before it reaches a connector.
    transaction: found.transaction as Transaction,
    replay,
    bytes: found.bytes,
    broken: found.broken,
  };
}
