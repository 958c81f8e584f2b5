import { z } from "zod";
import { checkpointSchema, positionSchema } from "./checkpoint.ts";
import { collectionSchema, STORE_WRITABLE } from "./collection.ts";
import { documentIdSchema } from "./documents/common.ts";
import { scopeSchema } from "./scope.ts";

/** Documents of one pull. A price is some 250 bytes; 1,000 of them apply in some 20 ms. */
export const PULL_DOCUMENTS_MAX = 1_000;
/** Rows of one push from a store. */
export const PUSH_DOCUMENTS_MAX = 100;
/** One document as JSON text. */
export const DOCUMENT_BYTES_MAX = 256 * 1024;

export const REFERENCE_PATHS = {
  /** `GET`, query `checkpoint` (JSON) and `limit`. */
  pull: (collection: string) => `/v1/reference/${collection}/pull`,
  /** `POST`, body `documentPushSchema`. */
  push: (collection: string) => `/v1/reference/${collection}/push`,
  /** `GET`, server-sent events, query `collections` and `checkpoints` (JSON). */
  stream: "/v1/reference/stream",
  /** `GET`: the snapshot manifests of the caller's scopes. */
  snapshots: "/v1/reference/snapshots",
  /** `GET`, with `Range`: immutable bytes by their hash. */
  chunk: (sha256: string) => `/v1/reference/chunks/${sha256}`,
} as const;

/**
 * A document on the wire, as RxDB has it: key, fields, `_deleted`. `schemaVersion` says which shape the fields have, and
 * `version` counts the document's changes: a higher one is later, whatever the route. A deleted one need have no more.
 */
export const wireDocumentSchema = z.looseObject({
  id: documentIdSchema,
  schemaVersion: z.number().int().min(1),
  version: z.number().int().min(1),
  _deleted: z.boolean(),
});
export type WireDocument = z.infer<typeof wireDocumentSchema>;

/**
 * Where each document lives now, in the order of `documents`; of a deleted one the scope that told of it. The cloud
 * always says it: a terminal that moves to another store removes what it may no longer see by it, and loads nothing twice.
 * Who keeps no scopes, such as a window with RxDB, passes over it.
 */
const documentScopesSchema = z.array(scopeSchema).optional();

/**
 * Answer to a pull: fewer documents than asked for means "that is all for now", unless `more` says that the answer was cut
 * because it grew too large: then the next pull goes on from its checkpoint.
 */
export const pullAnswerSchema = z.strictObject({
  documents: z.array(wireDocumentSchema),
  checkpoint: checkpointSchema,
  scopes: documentScopesSchema,
  more: z.literal(true).optional(),
});
export type PullAnswer = z.infer<typeof pullAnswerSchema>;

/** RxDB's push rows. */
export const documentPushSchema = z
  .array(
    z.strictObject({ assumedMasterState: wireDocumentSchema.optional(), newDocumentState: wireDocumentSchema.partial({ version: true }) }),
  )
  .max(PUSH_DOCUMENTS_MAX);
export type DocumentPush = z.infer<typeof documentPushSchema>;
/** The master's state of each row that was not taken. Empty: all were. */
export const documentConflictsSchema = z.array(wireDocumentSchema);

/**
 * One event of the live stream. `documents` follow directly on `from`; who stands elsewhere pulls. `resync`: the stream
 * cannot say what was missed, pull everything.
 */
export const streamEventSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("documents"),
    collection: collectionSchema,
    scope: scopeSchema,
    from: positionSchema,
    to: positionSchema,
    documents: z.array(wireDocumentSchema),
    scopes: documentScopesSchema,
  }),
  z.strictObject({ kind: z.literal("changed"), collection: collectionSchema, scope: scopeSchema, to: positionSchema }),
  z.strictObject({ kind: z.literal("resync") }),
]);
export type StreamEvent = z.infer<typeof streamEventSchema>;

export const mayPush = (collection: z.infer<typeof collectionSchema>): boolean => STORE_WRITABLE.has(collection);
