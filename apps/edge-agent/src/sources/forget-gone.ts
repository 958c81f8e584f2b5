import type { Reader } from "../capture/reader.ts";
import { setFileAside } from "../capture/capture-file.ts";
import type { FolderSource } from "../config/config-schema.ts";
import { inTransaction } from "../store/in-transaction.ts";
import { sql } from "../store/sql.ts";
import type { SourceDeps } from "./source-deps.ts";

/** Files that are not in the folder any more, and since when they are missed (monotonic clock). */
export type Missing = Map<string, number>;

/**
 * Forgets the position of files that are gone. One that went before it was read to its end is listed in set-aside: what
 * was left in it is not ours to lose in silence. A share that is away for a moment is given `patienceMs`.
 */
export function forgetGone(deps: SourceDeps, source: FolderSource, reader: Reader, present: ReadonlySet<string>, missing: Missing): void {
  const { store, guard, ports } = deps;
  const now = ports.monotonicMs();
  const rows = store
    .prepare<[string], { id: number; name: string; state: string; size: number }>(
      sql`SELECT id, name, state, size FROM reading WHERE source = ?`,
    )
    .all(source.name);
  for (const name of missing.keys()) if (present.has(name)) missing.delete(name);
  const gone = rows.filter((row) => {
    if (present.has(row.name)) return false;
    const since = missing.get(row.name) ?? now;
    missing.set(row.name, since);
    return now - since >= source.patienceMs;
  });
  if (gone.length === 0) return;
  for (const row of gone) {
    if (row.state !== "open") continue;
    const detail = `${row.name}: went before it was read to its end`;
    setFileAside(deps, { source: source.name, name: row.name, reader, code: "source.not-found", detail, size: row.size });
  }
  guard.run(() =>
    inTransaction(store, () => {
      for (const row of gone) {
        store.prepare(sql`DELETE FROM reading WHERE id = ?`).run(row.id);
        missing.delete(row.name);
      }
    }),
  );
}
