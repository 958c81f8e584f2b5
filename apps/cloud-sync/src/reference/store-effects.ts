import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { Effect } from "./find-effects.ts";
import type { Placed } from "./take-positions.ts";

/** Writes documents and their places. Documents and scopes are locked. */
export async function storeEffects(tx: Queryable, effects: readonly Effect[], placed: readonly Placed[], nowMs: number): Promise<void> {
  const documents = effects.map((one) => ({
    c: one.collection,
    i: one.id,
    s: one.scope,
    n: one.version,
    v: one.schemaVersion,
    b: one.body,
    t: one.itemId,
    u: one.validUntil,
  }));
  const places = placed.map((one) => ({ c: one.collection, s: one.scope, p: one.position, i: one.id }));
  await tx.query(sql`
    WITH documents AS (
      INSERT INTO reference_document (collection, id, scope, version, schema_version, body, changed_at_ms, item_id, valid_until)
      SELECT c, i, s, n, v, b::json, ${nowMs}::bigint, t, u FROM json_to_recordset(${JSON.stringify(documents)}::json)
        AS r (c text, i text, s text, n bigint, v int, b text, t text, u text)
      ON CONFLICT (collection, id) DO UPDATE SET scope = EXCLUDED.scope, version = EXCLUDED.version,
        schema_version = EXCLUDED.schema_version, body = EXCLUDED.body, changed_at_ms = EXCLUDED.changed_at_ms,
        item_id = EXCLUDED.item_id, valid_until = EXCLUDED.valid_until
    )
    INSERT INTO reference_change (collection, scope, position, id)
    SELECT c, s, p, i FROM json_to_recordset(${JSON.stringify(places)}::json) AS r (c text, s text, p bigint, i text)
    ON CONFLICT (collection, scope, id) DO UPDATE SET position = EXCLUDED.position`);
}
