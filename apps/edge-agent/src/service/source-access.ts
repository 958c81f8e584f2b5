import { TillsyncError } from "@tillsync/sync-protocol";
import { accountName } from "./escape-systemd.ts";
import type { SourceAccess } from "./service-spec.ts";

const HOME = ["/home", "/root"];
/** The service has an empty folder of its own in their place, and what lies there is gone after a start of the machine. */
const PASSING = ["/tmp", "/var/tmp", "/run", "/dev", "/proc", "/sys"];

/**
 * What the service needs to read `folders` (absolute paths) and what members of `groups` may read. Throws
 * `service.folder-unfit` for a folder that the service never sees, and `service.name-unsafe`.
 */
export function sourceAccess(folders: readonly string[], groups: readonly string[]): SourceAccess {
  const unfit = folders.find((folder) => PASSING.some((place) => isWithin(folder, place)));
  if (unfit !== undefined) throw new TillsyncError("service.folder-unfit", unfit);
  return {
    groups: [...new Set(groups.map(accountName))],
    home: folders.some((folder) => HOME.some((place) => isWithin(folder, place))),
  };
}

const isWithin = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`);
