import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_NAME } from "../make-deb.ts";
import { dpkg, run } from "./tools.ts";

const DATA = "/var/lib/tillsync";
const BACKUPS = "/var/backups";

/** Whether the package may be installed here for a test: as root, with dpkg, and where nothing of a real one would be touched. */
export const canInstall = (): boolean =>
  process.getuid?.() === 0 && existsSync("/usr/bin/dpkg") && !existsSync(DATA) && !existsSync("/usr/lib/tillsync");

/** Folders that purging moved away, with full paths. */
export const movedAside = (): string[] =>
  (existsSync(BACKUPS) ? readdirSync(BACKUPS) : [])
    .filter((name) => name.startsWith("tillsync-unsent-"))
    .map((name) => join(BACKUPS, name));

/** Leaves nothing of the package, whatever state a test ended in. Folders in `before` were there already. */
export async function cleanMachine(before: readonly string[]): Promise<void> {
  const known = await run(["dpkg-query", "-W", PACKAGE_NAME]);
  if (known.code === 0) await dpkg(["--purge", "--force-remove-reinstreq", PACKAGE_NAME]);
  for (const folder of movedAside()) if (!before.includes(folder)) rmSync(folder, { recursive: true });
  rmSync("/run/tillsync", { recursive: true, force: true });
}
