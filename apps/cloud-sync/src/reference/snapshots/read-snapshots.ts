import { collections, type Collection, type Scope, type SnapshotManifest } from "@tillsync/sync-protocol";
import type { Queryable } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";

interface Row {
  readonly collection: Collection;
  readonly scope: Scope;
  readonly position: number;
  readonly documents: number;
  readonly chunks: SnapshotManifest["chunks"];
}

/** The current manifests of `scopes`: what a till cannot sell without first, and the general before the particular. */
export const readSnapshots = (db: Queryable, scopes: readonly Scope[], wanted: readonly Collection[] = collections): Promise<Row[]> =>
  db.query<Row>(sql`
    SELECT n.collection, n.scope, n.position, n.documents, coalesce(json_agg(json_build_object(
      'sha256', encode(c.sha256, 'hex'), 'bytes', octet_length(c.bytes), 'plainBytes', c.plain_bytes, 'documents', c.documents
    ) ORDER BY l.ordinal) FILTER (WHERE l.ordinal IS NOT NULL), '[]') AS chunks
    FROM reference_snapshot n
    LEFT JOIN reference_snapshot_chunk l ON l.snapshot = n.snapshot
    LEFT JOIN reference_chunk c ON c.sha256 = l.sha256
    WHERE n.retired_at_ms IS NULL AND n.scope = ANY (${scopes}::text[]) AND n.collection = ANY (${wanted}::text[])
    GROUP BY n.snapshot
    ORDER BY array_position(${collections}::text[], n.collection), array_position(${scopes}::text[], n.scope)`);

/** Size of a chunk that belongs to a snapshot of one of `scopes`; undefined where there is none that the reader may see. */
export async function findChunk(db: Queryable, sha256: Uint8Array, scopes: readonly Scope[]): Promise<number | undefined> {
  const rows = await db.query<{ bytes: number }>(sql`
    SELECT octet_length(c.bytes) AS bytes FROM reference_chunk c
    WHERE c.sha256 = ${sha256} AND EXISTS (
      SELECT 1 FROM reference_snapshot_chunk l JOIN reference_snapshot n USING (snapshot)
      WHERE l.sha256 = c.sha256 AND n.scope = ANY (${scopes}::text[]))`);
  return rows[0]?.bytes;
}

/** Bytes `from` up to, not including, `to`. Fewer, or undefined, when the chunk was removed meanwhile. */
export async function readChunkPart(db: Queryable, sha256: Uint8Array, from: number, to: number): Promise<Uint8Array | undefined> {
  const rows = await db.query<{ part: Uint8Array }>(sql`
    SELECT substring(bytes FROM ${from + 1}::int FOR ${to - from}::int) AS part FROM reference_chunk WHERE sha256 = ${sha256}`);
  return rows[0]?.part;
}
