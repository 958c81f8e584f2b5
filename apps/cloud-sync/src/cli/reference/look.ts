import { TillsyncError } from "@tillsync/sync-protocol";
import { exportDocuments, EXPORT_DOCUMENTS_MAX } from "../../reference/export-documents.ts";
import { referenceStatus } from "../../reference/reference-status.ts";
import { showDocument } from "../../reference/show-document.ts";
import { readCount } from "../read-count.ts";
import { withDatabase } from "../with-database.ts";
import { readCollection, readScope, type Values } from "./flags.ts";

const LIST_ROWS = 100;

/** Living documents as NDJSON that `import` takes back, or as one JSON document. */
export async function list(values: Values, name: string): Promise<number> {
  const collection = readCollection(name);
  const scope = readScope(values.scope);
  const limit = readCount(values.limit, "limit", LIST_ROWS, EXPORT_DOCUMENTS_MAX);
  const wish = { collection, scopes: scope === undefined ? undefined : [scope], after: values.after ?? "", limit };
  const page = await withDatabase(values, (db) => exportDocuments(db, wish));
  const next = page.next === undefined ? "" : `,"next":${JSON.stringify(page.next)}`;
  if (values.json) console.log(`{"documents":[${page.lines.join(",")}]${next}}`);
  else for (const line of page.lines) console.log(line);
  return 0;
}

export async function show(values: Values, name: string, id: string): Promise<number> {
  const collection = readCollection(name);
  const found = await withDatabase(values, (db) => showDocument(db, collection, id));
  if (found === undefined) throw new TillsyncError("reference.unknown", collection);
  if (values.json) console.log(JSON.stringify(found));
  else {
    const { scope, version, schemaVersion, changedAtMs, fields } = found;
    console.log(`${scope}\tversion ${version}\tschema ${schemaVersion}\t${new Date(changedAtMs).toISOString()}`);
    console.log(fields === null ? "deleted" : JSON.stringify(fields, null, 2));
  }
  return 0;
}

export async function status(values: Values): Promise<number> {
  const rows = await withDatabase(values, referenceStatus);
  if (values.json) console.log(JSON.stringify({ reference: rows }));
  else for (const row of rows) console.log([row.collection, row.scope, `${row.documents} documents`, `position ${row.head}`].join("\t"));
  return 0;
}
