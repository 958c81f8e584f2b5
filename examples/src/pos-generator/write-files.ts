import { closeSync, ftruncateSync, mkdirSync, openSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { POSLOG_CLOSE, POSLOG_OPEN, printTransaction } from "./print-transaction.ts";
import type { TillTransaction } from "./till-transaction.ts";

/** Puts a till's transactions into files, one by one, in the order given. */
export interface TillWriter {
  write(transaction: TillTransaction): Promise<void>;
  /** Nothing comes after this. */
  close(): void;
}

export interface TillWriterOptions {
  readonly folder: string;
  /** `daily`: one growing file a day, its end tag written anew each time. `perReceipt`: a file for each transaction. */
  readonly mode: "daily" | "perReceipt";
  /**
   * `atomic`: a reader never sees half a receipt. `slow`: each receipt is written in pieces with `pause` between them,
   * as a till over a slow network share does.
   */
  readonly manner: "atomic" | "slow";
  /** For `slow`: waits between the pieces. */
  readonly pause?: () => Promise<void>;
}

/** Makes the folder if it is missing. A daily file that exists already is replaced. */
export function openTillWriter(options: TillWriterOptions): TillWriter {
  mkdirSync(options.folder, { recursive: true });
  return options.mode === "daily" ? dailyWriter(options) : perReceiptWriter(options);
}

/** In how many pieces a slow writer puts a receipt down. */
const SLOW_PIECES = 4;

function perReceiptWriter(options: TillWriterOptions): TillWriter {
  return {
    write: async (transaction) => {
      const bytes = Buffer.from(POSLOG_OPEN + printTransaction(transaction) + POSLOG_CLOSE);
      const path = join(options.folder, `${fileStem(transaction)}-${String(transaction.header.sequence).padStart(5, "0")}.xml`);
      if (options.manner === "atomic") {
        writeFileSync(`${path}.part`, bytes);
        renameSync(`${path}.part`, path);
        return;
      }
      const file = openSync(path, "w");
      try {
        await writeSlowly(file, 0, bytes, options.pause);
      } finally {
        closeSync(file);
      }
    },
    close: () => {},
  };
}

function dailyWriter(options: TillWriterOptions): TillWriter {
  let open: { path: string; file: number; end: number } | undefined;
  const close = (): void => {
    if (open !== undefined) closeSync(open.file);
    open = undefined;
  };
  return {
    write: async (transaction) => {
      const path = join(options.folder, `${fileStem(transaction)}.xml`);
      if (open?.path !== path) {
        close();
        const file = openSync(path, "w");
        open = { path, file, end: writeSync(file, POSLOG_OPEN, 0) };
      }
      const bytes = Buffer.from(printTransaction(transaction) + POSLOG_CLOSE);
      if (options.manner === "atomic") writeSync(open.file, bytes, 0, bytes.length, open.end);
      else await writeSlowly(open.file, open.end, bytes, options.pause);
      open.end += bytes.length - POSLOG_CLOSE.length;
    },
    close,
  };
}

/** The end tag goes first, as with a till that truncates before it appends. */
async function writeSlowly(file: number, from: number, bytes: Buffer, pause: TillWriterOptions["pause"]): Promise<void> {
  ftruncateSync(file, from);
  const piece = Math.ceil(bytes.length / SLOW_PIECES);
  for (let at = 0; at < bytes.length; at += piece) {
    if (at > 0) await pause?.();
    writeSync(file, bytes, at, Math.min(piece, bytes.length - at), from + at);
  }
}

const fileStem = ({ header }: TillTransaction): string => `poslog-${header.businessDay}-${header.store}-${header.workstation}`;
