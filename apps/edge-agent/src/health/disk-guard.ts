import { closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from "node:fs";
import { randomFillSync } from "node:crypto";
import { join } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";

/** Held back from the first day, so that the sale that meets the full disk, and the agent's own work after it, still fit. */
export const BALLAST_BYTES_DEFAULT = 16 * 1024 * 1024;
/** Space that must be free again, as a multiple of the ballast, before sales are accepted: the ballast itself and as much to work with. */
const RECOVER_AT_BALLASTS = 2;
/** Where there is no ballast (size 0). */
const RECOVER_BYTES_MIN = 4 * 1024 * 1024;
const BLOCK_BYTES = 1024 * 1024;

export interface DiskGuardOptions {
  /** Zero for none. */
  readonly ballastBytes: number;
  /** Bytes that this user may still write on the folder's disk. */
  readonly freeBytes?: (dir: string) => number;
  /** Told when the disk is found full, and when it has room again. */
  readonly onChange?: (state: "ok" | "full") => void;
}

export interface DiskGuard {
  readonly state: () => "ok" | "full";
  /**
   * Runs a write. When the disk is full under it, the ballast is freed and the write tried once more; from then on
   * writes are refused with `store.disk-full` until there is room for a new ballast and more.
   */
  readonly run: <T>(write: () => T) => T;
  /** Looks whether space has returned; cheap, and done by `run` too. */
  readonly check: () => void;
}

/** Keeps the ballast of a data folder. */
export function openDiskGuard(dir: string, options: DiskGuardOptions): DiskGuard {
  const ballast = join(dir, "ballast");
  const free = options.freeBytes ?? freeBytes;
  const needed = Math.max(options.ballastBytes * RECOVER_AT_BALLASTS, RECOVER_BYTES_MIN);
  let state: "ok" | "full" = makeBallast(ballast, options.ballastBytes) ? "ok" : "full";
  const change = (next: "ok" | "full"): void => {
    if (next === state) return;
    state = next;
    options.onChange?.(next);
  };
  const check = (): void => {
    if (state === "full" && free(dir) >= needed && makeBallast(ballast, options.ballastBytes)) change("ok");
  };
  return {
    state: () => state,
    check,
    run: (write) => {
      check();
      if (state === "full") throw new TillsyncError("store.disk-full", "waiting for space");
      try {
        return write();
      } catch (cause) {
        if (!(cause instanceof TillsyncError && cause.code === "store.disk-full")) throw cause;
        rmSync(ballast, { force: true });
        change("full");
        return write();
      }
    },
  };
}

export function freeBytes(dir: string): number {
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize;
}

/** Random bytes, since a file system that compresses would hold nothing back for zeros. False when there is no room. */
function makeBallast(path: string, bytes: number): boolean {
  if (sizeOf(path) >= bytes) return true;
  const fd = openSync(path, "w", 0o600);
  try {
    const block = randomFillSync(new Uint8Array(Math.min(bytes, BLOCK_BYTES)));
    for (let at = 0; at < bytes; at += block.length) writeSync(fd, block, 0, Math.min(block.length, bytes - at));
    fsyncSync(fd);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOSPC" && (cause as NodeJS.ErrnoException).code !== "EDQUOT") throw cause;
    rmSync(path, { force: true });
    return false;
  } finally {
    closeSync(fd);
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
