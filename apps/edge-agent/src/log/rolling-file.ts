import { closeSync, fchmodSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";

/** A till logs some ten KB a day; one that is in trouble, some MB: weeks of the one and days of the other are kept. */
export const LOG_FILE_BYTES_MAX = 4 * 1024 * 1024;
/** The one that is written and those before it. */
export const LOG_FILES_MAX = 5;

export interface RollingFileOptions {
  readonly bytesMax?: number;
  readonly filesMax?: number;
}

export interface RollingFile {
  /** Adds a whole line. What cannot be written is lost: a log never stops a sale. */
  readonly write: (line: string) => void;
  readonly close: () => void;
}

/** File `n` of a folder's log: 0 is written now, higher ones are older. */
export const logFile = (folder: string, n: number): string => join(folder, n === 0 ? "agent.ndjson" : `agent.${n}.ndjson`);

/**
 * A log that never takes more than `filesMax` files of `bytesMax`, readable to its owner alone, also where an older file was
 * left with other rights. Writes at once, like the journal beside it. A disk that is full or gone is tried again with the
 * next line. Throws nothing.
 */
export function openRollingFile(folder: string, options: RollingFileOptions = {}): RollingFile {
  const { bytesMax = LOG_FILE_BYTES_MAX, filesMax = LOG_FILES_MAX } = options;
  let open: { readonly fd: number; size: number } | undefined;
  const close = (): void => {
    if (open !== undefined) attempt(closeSync, open.fd);
    open = undefined;
  };
  const append = (line: string): void => {
    const bytes = Buffer.from(line);
    open ??= openFile(folder);
    if (open.size > 0 && open.size + bytes.length > bytesMax) {
      close();
      roll(folder, filesMax);
      open = openFile(folder);
    }
    open.size += writeSync(open.fd, bytes);
  };
  return {
    write: (line) => {
      try {
        append(line);
      } catch {
        close();
      }
    },
    close,
  };
}

function openFile(folder: string): { fd: number; size: number } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const fd = openSync(logFile(folder, 0), "a", 0o600);
  if (process.platform !== "win32") fchmodSync(fd, 0o600);
  return { fd, size: fstatSync(fd).size };
}

/** The oldest one goes. */
function roll(folder: string, filesMax: number): void {
  for (let n = filesMax - 1; n > 0; n -= 1) attempt(() => renameSync(logFile(folder, n - 1), logFile(folder, n)));
}

function attempt<A extends unknown[]>(work: (...args: A) => unknown, ...args: A): void {
  try {
    work(...args);
  } catch {
    // Not there, or held by someone who looks at it: the next line tries again.
  }
}
