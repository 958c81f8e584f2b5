import { existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

const PLACES = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** A folder with all programs of the system but those named: what a smaller system has. */
export function pathWithout(folder: string, missing: readonly string[]): string {
  mkdirSync(folder, { recursive: true });
  for (const place of PLACES)
    for (const name of readdirSync(place))
      if (!missing.includes(name) && !existsSync(join(folder, name))) symlinkSync(join(place, name), join(folder, name));
  return folder;
}
