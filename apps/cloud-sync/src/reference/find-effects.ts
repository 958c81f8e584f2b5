import type { Scope } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { PlannedChange } from "./write-documents.ts";

/** A change that has an effect: the version it makes, and the scope that the document leaves, if it lives in one. */
export interface Effect extends PlannedChange {
  readonly version: number;
  readonly leaves: Scope | undefined;
  /** How many living documents its scope has more. */
  readonly gain: 1 | 0 | -1;
}

interface Row {
  readonly n: number;
  readonly scope: Scope;
  readonly version: number;
  readonly living: boolean;
  readonly same: boolean;
}

/** What of the planned is not so already. The documents are locked. */
export async function findEffects(tx: Queryable, planned: readonly PlannedChange[]): Promise<Effect[]> {
  const wanted = planned.map((one, n) => ({ n, c: one.collection, i: one.id, v: one.schemaVersion, b: one.body }));
  const rows = await tx.query<Row>(sql`
    SELECT w.n, d.scope, d.version, d.body IS NOT NULL AS living,
      d.body::text IS NOT DISTINCT FROM w.b AND d.schema_version = w.v AS same
    FROM json_to_recordset(${JSON.stringify(wanted)}::json) AS w (n int, c text, i text, v int, b text)
    JOIN reference_document d ON d.collection = w.c AND d.id = w.i`);
  const known = new Map(rows.map((row) => [row.n, row]));
  return planned.flatMap((change, n) => effectOf(change, known.get(n)));
}

function effectOf(change: PlannedChange, before: Row | undefined): Effect[] {
  if (change.body === null) {
    if (before?.living !== true || before.scope !== change.scope) return [];
    return [{ ...change, version: before.version + 1, leaves: undefined, gain: -1 }];
  }
  if (before === undefined) return [{ ...change, version: 1, leaves: undefined, gain: 1 }];
  const stays = before.scope === change.scope;
  if (before.living && stays && before.same) return [];
  const leaves = before.living && !stays ? before.scope : undefined;
  return [{ ...change, version: before.version + 1, leaves, gain: before.living && stays ? 0 : 1 }];
}
