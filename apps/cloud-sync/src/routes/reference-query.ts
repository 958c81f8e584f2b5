import {
  checkpointSchema,
  collections,
  collectionSchema,
  PULL_DOCUMENTS_MAX,
  scopeSchema,
  TillsyncError,
  type Checkpoint,
  type Collection,
  type Scope,
} from "@tillsync/sync-protocol";
import { z } from "zod";
import { readMessage } from "./read-message.ts";

/** Documents of a pull that names no limit. */
const PULL_DOCUMENTS_DEFAULT = 100;

export function readCollection(params: unknown): Collection {
  const parsed = z.object({ collection: collectionSchema }).safeParse(params);
  if (!parsed.success) throw new TillsyncError("reference.collection-unknown", `one of ${collections.join(", ")}`);
  return parsed.data.collection;
}

/** A JSON text in a query: the form in which RxDB's users pass a checkpoint. */
const json = <T>(schema: z.ZodType<T>) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: "custom", message: "not JSON" });
        return z.NEVER;
      }
    })
    .pipe(schema);

/** `["a","b"]` or `a,b`. */
const list = <T>(schema: z.ZodType<T>) =>
  z
    .string()
    .transform((text): unknown => (text.startsWith("[") ? text : JSON.stringify(text.split(","))))
    .pipe(json(z.array(schema).min(1).max(64)));

const scopes = list(scopeSchema as unknown as z.ZodType<Scope>).optional();
const pullQuery = z.object({
  checkpoint: json(checkpointSchema.nullable() as unknown as z.ZodType<Checkpoint | null>).optional(),
  limit: z.coerce.number().int().min(1).max(PULL_DOCUMENTS_MAX).default(PULL_DOCUMENTS_DEFAULT),
  scopes,
});
const streamQuery = z.object({
  collections: list(collectionSchema).default([...collections]),
  checkpoints: json(
    z.partialRecord(collectionSchema, checkpointSchema) as unknown as z.ZodType<Partial<Record<Collection, Checkpoint>>>,
  ).default({}),
  scopes,
});
const scopesQuery = z.object({ scopes });

/** Query of a pull. Throws `wire.malformed`: a limit beyond the most is refused, since fewer documents would mean "all". */
export const readPullQuery = (query: unknown) => readMessage(pullQuery, query);
export const readStreamQuery = (query: unknown) => readMessage(streamQuery, query);
export const readScopesQuery = (query: unknown) => readMessage(scopesQuery, query);
