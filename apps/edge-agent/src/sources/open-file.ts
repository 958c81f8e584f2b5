import { close, constants, fstat, open, read, readSync } from "node:fs";
import { promisify } from "node:util";
import { TillsyncError } from "@tillsync/sync-protocol";

const openFile = promisify(open);
const statFile = promisify(fstat);
const closeFile = promisify(close);

/** Such a file is read in one go when it is first read from: what is hashed and what is parsed are then the same bytes, for one question to the disk. */
export const WHOLE_BYTES_MAX = 64 * 1024;

/** A pipe without a writer would block the opening for ever. Windows has no such flag. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** An open regular file, with what it looked like when it was opened. */
export interface SourceFile {
  readonly size: number;
  readonly mtimeMs: number;
  /** Reads up to the buffer's length from `position`; 0 at the end. */
  readonly read: (buffer: Uint8Array, position: number) => Promise<number>;
  /** The same, at once: for the few bytes of what is set aside. */
  readonly readNow: (buffer: Uint8Array, position: number) => number;
  /** Whether size or time have moved since it was opened. */
  readonly hasChanged: () => Promise<boolean>;
  readonly close: () => Promise<void>;
}

/** Opens a file to read. Throws `source.not-found`, `source.no-permission`, `source.not-file`. `label` names it in errors. */
export async function openSourceFile(path: string, label: string): Promise<SourceFile> {
  const fd = await openFile(path, OPEN_FLAGS).catch((cause: unknown) => {
    throw openError(cause, label);
  });
  const stat = await statFile(fd);
  if (!stat.isFile()) {
    await closeFile(fd);
    throw new TillsyncError("source.not-file", label);
  }
  return {
    size: stat.size,
    mtimeMs: stat.mtimeMs,
    read: stat.size > WHOLE_BYTES_MAX ? (buffer, position) => readAt(fd, buffer, position, label) : readOnce(fd, stat.size, label),
    readNow: (buffer, position) => readSync(fd, buffer, 0, buffer.length, position),
    hasChanged: async () => {
      const now = await statFile(fd);
      return now.size !== stat.size || now.mtimeMs !== stat.mtimeMs;
    },
    close: () => closeFile(fd),
  };
}

/** Reads of a small file, all from its bytes of the first one. */
function readOnce(fd: number, size: number, label: string): SourceFile["read"] {
  let bytes: Uint8Array | undefined;
  return async (buffer, position) => {
    if (bytes === undefined) {
      const whole = new Uint8Array(size);
      bytes = whole.subarray(0, await readWhole(fd, whole, label));
    }
    const part = bytes.subarray(position, position + buffer.length);
    buffer.set(part);
    return part.length;
  };
}

/** Fills the buffer as far as the file goes: a share may give less than was asked for. */
async function readWhole(fd: number, buffer: Uint8Array, label: string): Promise<number> {
  let at = 0;
  while (at < buffer.length) {
    const read = await readAt(fd, buffer.subarray(at), at, label);
    if (read === 0) break;
    at += read;
  }
  return at;
}

function readAt(fd: number, buffer: Uint8Array, position: number, label: string): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, buffer.length, position, (cause, bytes) => (cause === null ? resolve(bytes) : reject(openError(cause, label))));
  });
}

/** What the operating system says, as a code of the catalogue. */
export function openError(cause: unknown, label: string): TillsyncError {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") return new TillsyncError("source.not-found", label, { cause });
  if (code === "EISDIR" || code === "ELOOP" || code === "ENXIO") return new TillsyncError("source.not-file", label, { cause });
  if (code === "EACCES" || code === "EPERM") return new TillsyncError("source.no-permission", label, { cause });
  return new TillsyncError("source.no-permission", `${label}: ${code ?? "unknown"}`, { cause });
}
