import { closeSync, fstatSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";

const OTHERS_MAY_READ = 0o077;

/** Makes a folder that its owner alone may enter. An existing one is left as it is. */
export function makePrivateFolder(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
}

/**
 * Text of a file that holds a secret, or undefined if there is none. Throws `keys.permissions` when others than the
 * owner may read or write it: a secret that others could have seen is no proof of anything. Windows has no such bits.
 */
export function readPrivateFile(path: string, platform: NodeJS.Platform = process.platform): string | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new TillsyncError("keys.unreadable", path, { cause: error });
  }
  try {
    const { mode } = fstatSync(file);
    if (platform !== "win32" && (mode & OTHERS_MAY_READ) !== 0)
      throw new TillsyncError("keys.permissions", `${path} has mode ${(mode & 0o777).toString(8)}`);
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

/** Replaces the file: after a power cut there is the whole old text or the whole new one. Readable by its owner alone. */
export function writePrivateFile(path: string, text: string): void {
  const written = writeBeside(path, text);
  renameSync(written, path);
  syncFolder(dirname(path));
}

/**
 * Writes the file unless there is one, whole or not at all. False if another process was first; nothing is then changed.
 * The link decides, so two processes never both believe that their key is the one.
 */
export function createPrivateFile(path: string, text: string): boolean {
  const written = writeBeside(path, text);
  try {
    linkSync(written, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(written, { force: true });
  }
  syncFolder(dirname(path));
  return true;
}

function writeBeside(path: string, text: string): string {
  const beside = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  const file = openSync(beside, "wx", 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return beside;
}

/** A new name is durable only once its folder is. Windows offers no handle for that and does it by itself. */
function syncFolder(dir: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(dir, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
