import { collections, TillsyncError, type Collection, type Scope } from "@tillsync/sync-protocol";
import type { Database, Queryable } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { documentLine } from "../replication/document-line.ts";
import type { PageRow } from "../replication/page.ts";
import { packChunk } from "./pack-chunk.ts";
import { splitChunks } from "./split-chunks.ts";

/** Documents read at once. */
const READ_DOCUMENTS = 2_000;
/** Changes since the last snapshot that are worth a new one: more than one pull brings. */
export const SNAPSHOT_CHANGES_MIN = 1_000;
/** Or this share of the documents: a delta of a tenth costs a new terminal little beside the snapshot. */
const SNAPSHOT_SHARE = 10;

export interface SnapshotOf {
  readonly collection: Collection;
  readonly scope: Scope;
}

export interface BuiltSnapshot extends SnapshotOf {
  readonly position: number;
  readonly documents: number;
  readonly chunks: number;
}

export interface BuildOptions {
  readonly nowMs: () => number;
  /** Called before each part of the work: ends when there is time for it. */
  readonly makeWay?: () => Promise<void>;
}

/**
 * Builds snapshots and gives what was built: of every (collection, scope) that has changed enough since its last one, or of
 * `wanted`. One transaction each; of several builders of one snapshot all but the first step back. Throws `db.unavailable`.
 */
export async function buildSnapshots(db: Database, options: BuildOptions, wanted?: readonly SnapshotOf[]): Promise<BuiltSnapshot[]> {
  const built: BuiltSnapshot[] = [];
  for (const of of wanted ?? (await findDue(db))) {
    const snapshot = await buildSnapshot(db, of, options);
    if (snapshot !== undefined) built.push(snapshot);
  }
  return built;
}

/** What has changed enough, in the order of the first load. */
export async function findDue(db: Queryable): Promise<SnapshotOf[]> {
  const due = await db.query<SnapshotOf>(sql`
    SELECT s.collection, s.scope FROM reference_scope s
    LEFT JOIN reference_snapshot n ON n.collection = s.collection AND n.scope = s.scope AND n.retired_at_ms IS NULL
    WHERE s.head - coalesce(n.position, 0) >= greatest(${SNAPSHOT_CHANGES_MIN}::bigint, coalesce(n.documents, 0) / ${SNAPSHOT_SHARE}::bigint)
    ORDER BY array_position(${collections}::text[], s.collection), s.scope`);
  return due;
}

async function buildSnapshot(db: Database, of: SnapshotOf, options: BuildOptions): Promise<BuiltSnapshot | undefined> {
  await options.makeWay?.();
  return db.transaction(async (tx) => {
    // Position and documents are those of one moment, however long the reading takes.
    await tx.query(sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`);
    const [lock] = await tx.query<{ mine: boolean; head: number | null }>(sql`
      SELECT pg_try_advisory_xact_lock(hashtext('reference snapshot'), hashtext(${`${of.collection} ${of.scope}`})) AS mine,
        (SELECT head FROM reference_scope WHERE collection = ${of.collection} AND scope = ${of.scope}) AS head`);
    if (lock?.mine !== true) return undefined;
    const chunks = await storeChunks(tx, of, options);
    const position = lock.head ?? 0;
    const documents = chunks.reduce((sum, chunk) => sum + chunk.documents, 0);
    await storeManifest(tx, { ...of, position, documents }, chunks, options.nowMs());
    return { ...of, position, documents, chunks: chunks.length };
  });
}

interface StoredChunk {
  readonly sha256: Uint8Array;
  readonly documents: number;
}

async function storeChunks(tx: Queryable, of: SnapshotOf, options: BuildOptions): Promise<StoredChunk[]> {
  const splitter = splitChunks();
  const stored: StoredChunk[] = [];
  const store = async (lines: readonly string[]): Promise<void> => {
    const { sha256, bytes, plainBytes, documents } = await packChunk(lines);
    await tx.query(sql`
      INSERT INTO reference_chunk (sha256, plain_bytes, documents, bytes) VALUES (${sha256}, ${plainBytes}, ${documents}, ${bytes})
      ON CONFLICT (sha256) DO NOTHING`);
    stored.push({ sha256, documents });
  };
  for (let after = "", more = true; more;) {
    await options.makeWay?.();
    const rows = await readLiving(tx, of, after);
    for (const row of rows) {
      const ended = splitter.add({ id: row.id, text: documentLine(row, true) });
      if (ended !== undefined) await store(ended);
    }
    more = rows.length === READ_DOCUMENTS;
    after = rows.at(-1)?.id ?? after;
  }
  const rest = splitter.rest();
  if (rest.length > 0) await store(rest);
  return stored;
}

/** By id and not by position, so that a document that changes keeps its chunk. */
const readLiving = (tx: Queryable, of: SnapshotOf, after: string): Promise<Omit<PageRow, "position">[]> =>
  tx.query(sql`
    SELECT d.id, d.scope, d.version, d.schema_version AS "schemaVersion", d.body::text AS body
    FROM reference_change c JOIN reference_document d ON d.collection = c.collection AND d.id = c.id AND d.scope = c.scope
    WHERE c.collection = ${of.collection} AND c.scope = ${of.scope} AND c.id > ${after} AND d.body IS NOT NULL
    ORDER BY c.id LIMIT ${READ_DOCUMENTS}`);

async function storeManifest(
  tx: Queryable,
  of: SnapshotOf & { readonly position: number; readonly documents: number },
  chunks: readonly StoredChunk[],
  nowMs: number,
): Promise<void> {
  await tx.query(sql`
    UPDATE reference_snapshot SET retired_at_ms = ${nowMs}::bigint
    WHERE collection = ${of.collection} AND scope = ${of.scope} AND retired_at_ms IS NULL`);
  const [row] = await tx.query<{ snapshot: number }>(sql`
    INSERT INTO reference_snapshot (collection, scope, position, documents, built_at_ms)
    VALUES (${of.collection}, ${of.scope}, ${of.position}::bigint, ${of.documents}::bigint, ${nowMs}::bigint) RETURNING snapshot`);
  if (row === undefined) throw new TillsyncError("internal.unexpected", "no snapshot");
  const hashes = chunks.map(({ sha256 }) => Buffer.from(sha256).toString("hex"));
  await tx.query(sql`
    INSERT INTO reference_snapshot_chunk (snapshot, ordinal, sha256)
    SELECT ${row.snapshot}::bigint, ordinal, decode(sha256, 'hex') FROM unnest(${hashes}::text[]) WITH ORDINALITY AS c (sha256, ordinal)`);
}
