import { chmodSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

export interface FolderLock {
  release(): void;
}

/**
 * Takes the data folder for this process, or gives `undefined` if another one has it. The lock is the operating system's,
 * held through an exclusive SQLite transaction on an empty file: it ends with the process, however that ends, and works
 * alike on Linux, macOS and Windows.
 */
export function lockFolder(dir: string): FolderLock | undefined {
  const file = join(dir, "lock.sqlite");
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    chmodSync(file, 0o600);
    lock.exec("BEGIN EXCLUSIVE");
    return { release: () => lock.close() };
  } catch (error) {
    lock.close();
    if (error instanceof Error && /locked|busy/i.test(error.message)) return undefined;
    throw error;
  }
}
