import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import type { RunAs } from "./run-as.ts";

/** Throws `db.folder-closed` where the server must walk to its cluster and may not; on Linux it need not walk (see cluster-path). */
export async function requireOpenWay(home: string, runAs: RunAs, system: NodeJS.Platform): Promise<void> {
  const closed = system === "linux" ? undefined : await closedAncestor(home, runAs);
  if (closed !== undefined) throw new TillsyncError("db.folder-closed", closed);
}

/**
 * The first folder on the way to `path`, itself included, that `runAs` may not enter by its mode; `undefined` if the way
 * is open. Parts that do not exist yet count as open, since we make them. Access lists are not looked at.
 */
export async function closedAncestor(path: string, runAs: RunAs): Promise<string | undefined> {
  if (runAs.uid === undefined) return undefined;
  const way: string[] = [];
  for (let at = resolve(path); way[0] !== at; at = dirname(at)) way.unshift(at);
  for (const folder of way) {
    const found = await stat(folder).catch(() => undefined);
    if (found === undefined) return undefined;
    const bits = found.uid === runAs.uid ? found.mode >> 6 : found.gid === runAs.gid ? found.mode >> 3 : found.mode;
    if ((bits & 1) === 0) return folder;
  }
  return undefined;
}
