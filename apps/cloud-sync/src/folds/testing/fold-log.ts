import { encodeEntry, encodeHlc, type Collection, type EntryType } from "@tillsync/sync-protocol";
import type { Database } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { readFrom } from "../../event-log/read-from.ts";
import { lockCursor } from "../../subscribers/cursor.ts";
import { addTerminal, appendDrafts } from "../../transactions/testing/append-drafts.ts";
import { interpretEntry } from "../../transactions/interpret-entry.ts";
import { TRANSACTIONS } from "../../transactions/subscriber-name.ts";
import { takeUpPage } from "../../transactions/take-up-page.ts";
import type { Draft } from "../../transactions/testing/make-transaction.ts";
import { foldPage } from "../fold-page.ts";
import { foldSetAside, hasSetAside } from "../fold-set-aside.ts";
import { readFoldPage } from "../read-fold-page.ts";

/** When the tests' entries come to the cloud. */
export const RECEIVED_MS = 1_000_000;
export const hlcAt = (ms: number) => encodeHlc({ ms, counter: 0 });

/** Two tills of one store, one of another, and nothing else: as a new database, in a tenth of the time. */
export async function startAnew(db: Database): Promise<void> {
  await db.script(
    "TRUNCATE store, stock_fold, stock_movement, transaction, customer_order, set_aside, fold_set_aside, segment, subscriber_cursor, reference_document, reference_change, reference_scope CASCADE",
  );
  await db.query(sql`UPDATE shard SET next_pos = 1`);
  await addTerminal(db, "till-1");
  await addTerminal(db, "till-2");
  await addTerminal(db, "other", "store-2");
}

/** A record and when its terminal wrote it. */
export interface Told {
  readonly terminal?: string;
  readonly ms: number;
  readonly draft: Draft;
}

/** Appends records to their terminals' journals in this order, and takes them up into the transaction log. */
export async function tell(db: Database, ...told: readonly Told[]): Promise<void> {
  for (const { terminal = "till-1", ms, draft } of told) {
    const rows = await db.query<{ seq: number }>(sql`SELECT seq FROM journal WHERE terminal_id = ${terminal} AND epoch = 1`);
    const text = encodeEntry({ seq: (rows[0]?.seq ?? 0) + 1, hlc: hlcAt(ms), type: draft.type as EntryType, body: draft.body });
    await appendDrafts(db, { terminal, receivedAtMs: RECEIVED_MS }, [new TextEncoder().encode(text)]);
  }
  await takeUpAll(db);
}

async function takeUpAll(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    const { pos } = await lockCursor(tx, TRANSACTIONS, "main");
    const entries = await readFrom(tx, { shard: "main", after: pos, limit: 1_000 });
    const page = entries.map((entry) => ({ entry, meaning: interpretEntry(entry) }));
    await takeUpPage(tx, "main", page, RECEIVED_MS);
    await tx.query(sql`
      UPDATE subscriber_cursor SET pos = ${entries.at(-1)?.pos ?? pos}::bigint WHERE subscriber = ${TRANSACTIONS} AND shard = 'main'`);
  });
}

/** Folds the log from behind `from`, in pages of `limit` rows, each in a transaction. */
export async function foldLog(db: Database, from = 0, limit?: number): Promise<void> {
  for (let after = from; ;) {
    const page = await readFoldPage(db, "main", after, limit);
    if (page.last === undefined) break;
    await db.transaction((tx) => foldPage(tx, page, RECEIVED_MS + 1));
    after = page.last;
  }
  while (await hasSetAside(db, "main")) await db.transaction((tx) => foldSetAside(tx, "main", RECEIVED_MS + 1));
}

/** A document's fields, its scope and how often it was changed. */
export async function show(db: Database, collection: Collection, id: string): Promise<Record<string, unknown> | undefined> {
  const [row] = await db.query<{ scope: string; version: number; body: object | null }>(sql`
    SELECT scope, version, body FROM reference_document WHERE collection = ${collection} AND id = ${id}`);
  return row && { ...row.body, scope: row.scope, version: row.version };
}
