import { TOMBSTONES_KEPT } from "../limits.ts";
import { underWay } from "./first-loads.ts";
import { writeReference } from "./in-reference.ts";
import { readReferenceMeta, writeReferenceMeta } from "./meta.ts";
import type { ReferenceStore } from "./reference-store.ts";
import { ALL_TABLES } from "./tables.ts";

/**
 * Forgets the oldest tombstones. They are needed against an older version on its way: in a first load, or in a pull or a
 * stream that was under way before the document was deleted. Call it while none of these is. A window whose checkpoint lies
 * before what was forgotten starts over. Throws `store.*`.
 */
export function pruneTombstones(store: ReferenceStore, kept: number = TOMBSTONES_KEPT): void {
  const loading = new Set(underWay(store.file).map(({ collection }) => collection));
  for (const { collection, table } of ALL_TABLES) {
    if (loading.has(collection)) continue;
    const text = `SELECT n FROM ${table} WHERE deleted = 1 ORDER BY n DESC LIMIT 1 OFFSET ?`;
    const last = store.file.prepare<[number], { n: number }>(text).get(kept)?.n;
    if (last === undefined) continue;
    writeReference(store, (file) => {
      file.prepare<[number]>(`DELETE FROM ${table} WHERE deleted = 1 AND n <= ?`).run(last);
      const first = Math.max(Number(readReferenceMeta(file, "first-change") ?? 0), last);
      writeReferenceMeta(file, "first-change", String(first));
    });
  }
}
