import { createHash } from "node:crypto";
import { join } from "node:path";

/** Longest path that a Unix socket may have on all systems we run on. */
const SOCKET_PATH_MAX = 100;

/**
 * Where a folder's agent listens: a socket in the folder; a named pipe on Windows; a socket in the temporary folder
 * where the folder's path is too long for one (the secret in the folder keeps strangers out either way).
 */
export function controlAddress(dir: string, platform: NodeJS.Platform = process.platform, temporary: string = "/tmp"): string {
  const digest = createHash("sha256").update(dir).digest("hex").slice(0, 32);
  if (platform === "win32") return `\\\\.\\pipe\\tillsync-${digest}`;
  const path = join(dir, "control.sock");
  return Buffer.byteLength(path) <= SOCKET_PATH_MAX ? path : join(temporary, `tillsync-${digest}.sock`);
}

export const secretPath = (dir: string): string => join(dir, "control.secret");
