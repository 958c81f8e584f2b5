import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import type { Feed } from "./feed.ts";

const CHUNK_BYTES = 256 * 1024;

/** A folder: a stick, a share, a place that software distribution fills. */
export function folderFeed(folder: string): Feed {
  return {
    readSmall: async (name, bytesMax) => {
      const file = await openRegular(join(folder, name));
      if (file === undefined) return undefined;
      try {
        const bytes = Buffer.alloc(bytesMax + 1);
        const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
        if (bytesRead > bytesMax) throw new TillsyncError("update.unreachable", `${name}: more than ${bytesMax} bytes`);
        return bytes.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
    open: async (name, fromByte, signal) => {
      const file = await openRegular(join(folder, name));
      if (file === undefined) throw new TillsyncError("update.unreachable", `${name}: not there`);
      return { fromByte, chunks: file.createReadStream({ start: fromByte, highWaterMark: CHUNK_BYTES, signal }) };
    },
    close: async () => undefined,
  };
}

/** Without waiting for the other end of a pipe, should somebody have put one there. */
async function openRegular(path: string): Promise<FileHandle | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    if (!(await file.stat()).isFile()) throw new TillsyncError("update.unreachable", `${path}: not a file`);
    return file;
  } catch (cause) {
    await file?.close();
    if (cause instanceof TillsyncError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new TillsyncError("update.unreachable", `${path}: ${code ?? "unknown"}`, { cause });
  }
}
