import type { Checkpoint } from "@tillsync/pos-adapters";
import { sha256 } from "../journal/hash.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";

/** What is kept of something that could not become a transaction. */
export interface SetAsideItem {
  readonly source: string;
  readonly adapter: string;
  /** File name without folder. */
  readonly name: string;
  /** A code of the catalogue. */
  readonly code: string;
  readonly detail?: string | undefined;
  /** Byte offsets in the source; absent for what concerns the whole file. */
  readonly range?: readonly [number, number] | undefined;
  /** Card numbers masked; at most `SET_ASIDE_BYTES_MAX`. */
  readonly bytes: Uint8Array;
  readonly bytesTotal: number;
  /** What reads it again: the reader, and what its adapter knew before the record. */
  readonly reader?: Uint8Array | undefined;
  readonly checkpoint?: Checkpoint | undefined;
}

/** Source name of what comes over HTTP; no configured source can have it. `name` is then the client's. */
export const HTTP_SOURCE = "(http)";

/** Rows of this code are kept for audit and need nobody. */
export const NOT_A_SALE = "capture.not-a-sale";

/**
 * Keeps an item; call it in the transaction that moves the source's position past it. The same bytes with the same fault
 * are one row, however often they come; one that was resolved is opened again. True where it is new or open again.
 */
export function keepSetAside(store: AgentStore, item: SetAsideItem): boolean {
  const key = item.bytes.length > 0 ? item.bytes : Buffer.from(`${item.source}\n${item.name}`);
  const digest = sha256(Buffer.concat([Buffer.from(`${item.adapter}\n${item.code}\n${item.bytesTotal}\n`), key]));
  const known = store.prepare<[Uint8Array], { state: string }>(sql`SELECT state FROM set_aside WHERE digest = ?`).get(digest);
  store
    .prepare(
      sql`INSERT INTO set_aside (at_ms, source, adapter, name, code, detail, range_start, range_end, reader, checkpoint, bytes, bytes_total, digest, times, state)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 'open')
          ON CONFLICT (digest) DO UPDATE SET times = times + 1, state = 'open', resolved_at_ms = NULL, source = excluded.source,
            name = excluded.name, range_start = excluded.range_start, range_end = excluded.range_end,
            reader = excluded.reader, checkpoint = excluded.checkpoint`,
    )
    .run(
      store.now(),
      item.source,
      item.adapter,
      item.name,
      item.code,
      item.detail ?? null,
      item.range?.[0] ?? null,
      item.range?.[1] ?? null,
      item.reader ?? null,
      item.checkpoint === undefined ? null : JSON.stringify(item.checkpoint),
      item.bytes,
      item.bytesTotal,
      digest,
    );
  // What comes again after it was settled is a new matter: staff hear of it as of any other.
  if (known?.state === "resolved") forgetHanded(store, digest);
  return known?.state !== "open";
}

const forgetHanded = (store: AgentStore, digest: Uint8Array): unknown =>
  store.prepare(sql`DELETE FROM support_item WHERE item = (SELECT id FROM set_aside WHERE digest = ?)`).run(digest);

/** Codes that speak of a whole file or of its end, and are settled by a later good reading of the same name. */
const SETTLED_BY_READING = [
  "capture.truncated",
  "source.empty",
  "source.too-large",
  "source.no-permission",
  "source.not-found",
  "source.not-file",
  "source.changed",
] as const;

/** Marks what a good reading of the file has settled. Call it inside a transaction. */
export function settleFile(store: AgentStore, source: string, name: string): void {
  const open = store
    .prepare<[string, string], { id: number; code: string }>(
      sql`SELECT id, code FROM set_aside WHERE state = 'open' AND source = ? AND name = ?`,
    )
    .all(source, name);
  for (const row of open) if ((SETTLED_BY_READING as readonly string[]).includes(row.code)) resolveSetAside(store, row.id);
}

/** Marks an item as dealt with; its bytes stay. Call it inside a transaction. */
export function resolveSetAside(store: AgentStore, id: number): void {
  store.prepare(sql`UPDATE set_aside SET state = 'resolved', resolved_at_ms = ? WHERE id = ?`).run(store.now(), id);
}

/** How many open items need attention, and how many rows are no sale and need none. */
export function countSetAside(store: AgentStore): { attention: number; notSales: number } {
  const rows = store
    .prepare<[], { notSale: number; n: number }>(
      sql`SELECT code = 'capture.not-a-sale' AS notSale, count(*) AS n FROM set_aside WHERE state = 'open' GROUP BY 1`,
    )
    .all();
  const count = (notSale: number): number => rows.find((row) => row.notSale === notSale)?.n ?? 0;
  return { attention: count(0), notSales: count(1) };
}
