import { createHash } from "node:crypto";
import { join } from "node:path";

/** Longest path that a Unix socket may have on all systems we run on, less the mark of one that is being made. */
const SOCKET_PATH_MAX = 100;

/**
 * Where a door's agent listens: a socket in the door's folder; a named pipe on Windows; a socket in the temporary folder
 * where the folder's path is too long for one. Names of pipes and of the temporary folder are open to every user, so there
 * the name follows from the door's secret: nobody can take it before the agent does, and a name that was taken is left
 * for another by changing the secret.
 */
export function controlAddress(
  dir: string,
  secret: string,
  platform: NodeJS.Platform = process.platform,
  temporary: string = "/tmp",
): string {
  const name = (): string => `tillsync-${createHash("sha256").update(`tillsync-control-address\n${secret}`).digest("hex").slice(0, 32)}`;
  if (platform === "win32") return `\\\\.\\pipe\\${name()}`;
  const path = join(dir, "control.sock");
  return Buffer.byteLength(path) <= SOCKET_PATH_MAX ? path : join(temporary, `${name()}.sock`);
}

export const secretPath = (dir: string): string => join(dir, "control.secret");
