import { readFile, stat } from "node:fs/promises";
import { TillsyncError } from "@tillsync/sync-protocol";

/** The user that the embedded server runs as; empty: the one that we are. */
export type RunAs = { readonly uid: number; readonly gid: number } | Record<string, never>;

/** Tried in order. PostgreSQL wants a user that the system knows by name. */
const CANDIDATES = ["postgres", "nobody"];

/**
 * PostgreSQL refuses to run as root, so as root we give it a user of its own: the one that already owns the cluster,
 * otherwise `postgres`, otherwise `nobody`. Throws `db.no-user`.
 */
export async function chooseRunAs(cluster: string, usersFile = "/etc/passwd"): Promise<RunAs> {
  if (process.getuid?.() !== 0) return {};
  const owner = await stat(cluster).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const users = await readFile(usersFile, "utf8").catch(() => "");
  for (const name of CANDIDATES) {
    const [, uid, gid] = /^[^:]+:[^:]*:(\d+):(\d+):/.exec(users.split("\n").find((line) => line.startsWith(`${name}:`)) ?? "") ?? [];
    if (uid !== undefined && gid !== undefined && uid !== "0") return { uid: Number(uid), gid: Number(gid) };
  }
  throw new TillsyncError("db.no-user");
}
