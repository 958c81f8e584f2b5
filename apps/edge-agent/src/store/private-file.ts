import { closeSync, openSync } from "node:fs";

/** Makes an empty file that its owner alone may read, unless it exists: SQLite gives its log the same rights. */
export function makePrivateFile(path: string): void {
  closeSync(openSync(path, "a", 0o600));
}
