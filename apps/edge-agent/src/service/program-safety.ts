import { lstatSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";

const OTHERS_MAY_WRITE = 0o022;
const STICKY = 0o1000;

interface Rights {
  readonly uid: number;
  readonly mode: number;
  readonly isDirectory: () => boolean;
}

/**
 * Throws `service.program-writable` when anyone but root may change the file at `path` or put another in its place: every
 * folder on the way counts. In a folder with the sticky bit only the owner of a name may change it, so that one is fit.
 */
export function refuseWritableProgram(path: string, look: (path: string) => Rights = lstatSync): void {
  for (let at = realpathSync.native(path); ; at = dirname(at)) {
    const rights = look(at);
    const shared = (rights.mode & OTHERS_MAY_WRITE) !== 0 && !(rights.isDirectory() && (rights.mode & STICKY) !== 0);
    if (rights.uid !== 0 || shared) throw new TillsyncError("service.program-writable", at);
    if (dirname(at) === at) return;
  }
}
