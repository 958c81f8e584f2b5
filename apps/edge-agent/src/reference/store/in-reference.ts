import { assert, TillsyncError } from "@tillsync/sync-protocol";
import { translateSqliteError } from "../../store/sqlite-errors.ts";
import { replaceDamaged } from "./open-reference-store.ts";
import type { ReferenceFile, ReferenceStore } from "./reference-store.ts";

/**
 * Runs `work` in one transaction of the reference data. If it throws, nothing of it happened. Throws `store.*`; on
 * `store.corrupt` the damaged file was put aside and an empty one is in its place: what comes next loads it again.
 */
export function writeReference<T>(store: ReferenceStore, work: (file: ReferenceFile) => T): T {
  assert(store.mode === "write", "only the writer writes");
  const { file } = store;
  const before = file.lastChange;
  assert(!file.db.inTransaction, "transactions do not nest");
  try {
    file.prepare("BEGIN IMMEDIATE").run();
    const result = work(file);
    file.prepare("COMMIT").run();
    return result;
  } catch (cause) {
    file.lastChange = before;
    if (file.db.inTransaction) file.db.exec("ROLLBACK");
    throw repaired(store, cause);
  }
}

/** Runs a read; a damaged file is put aside (by the writer) and read as what it is then: empty. Throws `store.*`. */
export function readReference<T>(store: ReferenceStore, work: (file: ReferenceFile) => T): T {
  try {
    return work(store.file);
  } catch (cause) {
    const error = repaired(store, cause);
    if (store.mode === "write" && isDamage(error)) return work(store.file);
    throw error;
  }
}

function repaired(store: ReferenceStore, cause: unknown): unknown {
  const error = translateSqliteError(cause);
  if (store.mode === "write" && isDamage(error)) replaceDamaged(store);
  return error;
}

const isDamage = (error: unknown): boolean => error instanceof TillsyncError && error.code === "store.corrupt";
