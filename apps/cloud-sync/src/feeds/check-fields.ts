import { documentSchemas, TillsyncError, type Collection, type ReferenceDocument } from "@tillsync/sync-protocol";

/** A document's fields as its collection takes them. Throws `reference.invalid`, naming the first field that is wrong. */
export function checkFields(collection: Collection, fields: Readonly<Record<string, unknown>>): ReferenceDocument {
  const parsed = documentSchemas[collection].safeParse(fields);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new TillsyncError("reference.invalid", issue === undefined ? undefined : `${issue.path.join(".") || "document"}: ${issue.message}`);
}
