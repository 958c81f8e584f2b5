import { readdirSync } from "node:fs";
import { join } from "node:path";

/** A build has some dozens; more means that the folder is not the one that was meant. */
const FILES_MAX = 2_000;

/** Names of all regular files below a folder, parted by `/`. Links are left out; a folder that is not there has none. */
export function listFiles(folder: string): ReadonlySet<string> {
  const names = new Set<string>();
  const look = (below: string): void => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const name = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) look(name);
      else if (entry.isFile() && names.size < FILES_MAX) names.add(name);
    }
  };
  try {
    look("");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return names;
}
