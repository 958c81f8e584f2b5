import { closeSync, fsyncSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Returns when a file, or a folder with all that is in it, is on disk. Links are names in their folder and are with it. */
export function syncTree(path: string): void {
  let entries: ReturnType<typeof entriesOf> = [];
  try {
    entries = entriesOf(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOTDIR") throw cause;
  }
  for (const entry of entries) if (entry.isDirectory() || entry.isFile()) syncTree(join(path, entry.name));
  syncOne(path);
}

const entriesOf = (path: string) => readdirSync(path, { withFileTypes: true });

/** One file, or the names in one folder. */
export function syncOne(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
