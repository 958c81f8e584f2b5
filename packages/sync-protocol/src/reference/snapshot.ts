import { z } from "zod";
import { hashHexSchema } from "../ids.ts";
import { positionSchema } from "./checkpoint.ts";
import { collectionSchema } from "./collection.ts";
import { scopeSchema } from "./scope.ts";

/** Documents of one chunk: one transaction at the terminal, some 2 MB plain and 300 KB as it travels. */
export const CHUNK_DOCUMENTS_MAX = 10_000;
/** A chunk as it travels. */
export const CHUNK_BYTES_MAX = 16 * 1024 * 1024;
/** A chunk unpacked: what a terminal must be able to hold. */
export const CHUNK_PLAIN_BYTES_MAX = 64 * 1024 * 1024;

/** Some documents of one (collection, scope): NDJSON of wire documents, zstd. `sha256` is of the bytes as they travel. */
export const snapshotChunkSchema = z.strictObject({
  sha256: hashHexSchema,
  bytes: z.number().int().min(1).max(CHUNK_BYTES_MAX),
  plainBytes: z.number().int().min(1).max(CHUNK_PLAIN_BYTES_MAX),
  documents: z.number().int().min(1).max(CHUNK_DOCUMENTS_MAX),
});
export type SnapshotChunk = z.infer<typeof snapshotChunkSchema>;

/**
 * All living documents of one (collection, scope) as they stood at `position`. Who has applied every chunk stands there;
 * what changed since comes by pulling. The schema version may be older than the reader's: it lifts each document.
 */
export const snapshotManifestSchema = z.strictObject({
  collection: collectionSchema,
  scope: scopeSchema,
  position: positionSchema,
  documents: z.number().int().min(0),
  chunks: z.array(snapshotChunkSchema),
});
export type SnapshotManifest = z.infer<typeof snapshotManifestSchema>;

/** Answer to the request for snapshots: in the order in which they are to be loaded. */
export const snapshotsAnswerSchema = z.strictObject({ snapshots: z.array(snapshotManifestSchema) });
