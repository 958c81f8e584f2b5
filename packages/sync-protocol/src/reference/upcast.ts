import { TillsyncError } from "../errors/tillsync-error.ts";
import { documentSchemas, SCHEMA_VERSIONS, type Collection, type ReferenceDocument } from "./collection.ts";
import type { WireDocument } from "./replication.ts";

/** Turns the fields of version n into those of n + 1. Keeps every fact, looks at no clock. */
export type DocumentUpcaster = (older: Record<string, unknown>) => Record<string, unknown>;

/** `DOCUMENT_UPCASTERS[collection][n]` lifts version n. Documents at a terminal may be older than its code by years. */
export type DocumentUpcasters = Readonly<Partial<Record<Collection, Readonly<Record<number, DocumentUpcaster>>>>>;
export const DOCUMENT_UPCASTERS: DocumentUpcasters = {};

/**
 * Reads a living document of any known version as the current one. Throws `reference.schema-unknown` for a version that has no path to
 * the current one, `reference.invalid` naming the first field that is wrong.
 */
export function readDocument<C extends Collection>(
  collection: C,
  document: WireDocument,
  upcasters: DocumentUpcasters = DOCUMENT_UPCASTERS,
): ReferenceDocument<C> {
  const { schemaVersion, version: _version, _deleted, ...fields } = document;
  let shape: Record<string, unknown> = fields;
  for (let version = schemaVersion; version !== SCHEMA_VERSIONS[collection]; version += 1) {
    const upcaster = version < SCHEMA_VERSIONS[collection] ? upcasters[collection]?.[version] : undefined;
    if (upcaster === undefined) throw new TillsyncError("reference.schema-unknown", `${collection} version ${schemaVersion}`);
    shape = upcaster(shape);
  }
  const parsed = documentSchemas[collection].safeParse(shape);
  if (parsed.success) return parsed.data as ReferenceDocument<C>;
  const issue = parsed.error.issues[0];
  throw new TillsyncError("reference.invalid", issue === undefined ? undefined : `${issue.path.join(".") || "document"}: ${issue.message}`);
}
