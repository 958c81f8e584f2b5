import { sql } from "../../store/sql.ts";
import type { ReferenceFile } from "./reference-store.ts";

/**
 * Small facts of the file. `last-change`, `first-change`: local change numbers; a window whose checkpoint is not between them starts over.
 * `cloud`, `scopes`, `terminal`: whose data this is. `journal`: how far own movements were read.
 */
export type ReferenceMetaKey = "last-change" | "first-change" | "cloud" | "scopes" | "terminal" | "journal" | "last-change-at";

export const readReferenceMeta = (file: ReferenceFile, key: ReferenceMetaKey): string | undefined =>
  file.prepare<[string], { value: string }>(sql`SELECT value FROM meta WHERE key = ?`).get(key)?.value;

export function writeReferenceMeta(file: ReferenceFile, key: ReferenceMetaKey, value: string): void {
  file.prepare(sql`INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`).run(key, value);
}
