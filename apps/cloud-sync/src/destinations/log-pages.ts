import type { Queryable } from "../db/database.ts";
import { loadItems, type LoadedItem } from "./load-items.ts";
import { readLogRows, type LogRow } from "./log-row.ts";

/** Rows of one page of a shard's transaction log: page n begins behind position n times this. About one stored batch. */
export const PAGE_ROWS = 500;
/**
 * Lines that are kept, in bytes: some eight thousand receipts, enough for destinations that follow the log side by side.
 * Lines that somebody reads are about five times as large in memory.
 */
export const PAGES_BYTES_MAX = 16 * 1024 * 1024;

/** A row of the log, with its receipt where anybody could want one. */
export interface LogEntryOf {
  readonly row: LogRow;
  readonly item: LoadedItem | undefined;
}

export interface LogPart {
  readonly entries: readonly LogEntryOf[];
  /** Up to where the log was read. */
  readonly readTo: number;
  /** There may be more behind it already. */
  readonly more: boolean;
}

/**
 * The transaction logs as all destinations of a process read them. Several that are at about the same place share what
 * was read: the log is fetched, decoded and, where somebody looks inside, parsed once for all.
 */
export interface LogPages {
  /** What follows `after`, to the end of its page at most; nothing when the log ended there after this was asked. */
  read(db: Queryable, shard: string, after: number): Promise<LogPart>;
  /** Forgets a shard: who starts anew reads what the database has now. */
  forget(shard: string): void;
  /** Bytes of the lines that are kept. */
  bytes(): number;
}

interface Page {
  readonly key: string;
  readonly shard: string;
  readonly start: number;
  entries: LogEntryOf[];
  bytes: number;
  /** A read that is under way, and one that begins when it ends. */
  running: Promise<void> | undefined;
  waiting: Promise<void> | undefined;
}

/** Rows are only ever added to a shard's log, in the order of their positions; so what was read of it once stays true. */
export function createLogPages(bytesMax = PAGES_BYTES_MAX): LogPages {
  const pages = new Map<string, Page>();
  let bytes = 0;
  const drop = (page: Page): void => {
    if (pages.get(page.key) !== page) return;
    pages.delete(page.key);
    bytes -= page.bytes;
  };
  const extend = async (db: Queryable, page: Page): Promise<void> => {
    const before = page.bytes;
    await fill(db, page);
    if (pages.get(page.key) !== page) return;
    bytes += page.bytes - before;
    for (const other of pages.values()) {
      if (bytes <= bytesMax) break;
      drop(other);
    }
  };
  return {
    read: async (db, shard, after) => {
      const page = open(pages, shard, after);
      const known = rest(page, after);
      if (known.entries.length > 0) return { ...known, more: true };
      await shareRead(page, () => extend(db, page));
      return rest(page, after);
    },
    forget: (shard) => [...pages.values()].filter((page) => page.shard === shard).forEach(drop),
    bytes: () => bytes,
  };
}

/** Finds or makes a page; the one used last stands last, and goes last. */
function open(pages: Map<string, Page>, shard: string, after: number): Page {
  const start = Math.floor(after / PAGE_ROWS) * PAGE_ROWS;
  const key = `${start} ${shard}`;
  const page = pages.get(key) ?? { key, shard, start, entries: [], bytes: 0, running: undefined, waiting: undefined };
  pages.delete(key);
  pages.set(key, page);
  return page;
}

function rest(page: Page, after: number): LogPart {
  // Positions are dense: a page holds them from its first without a hole.
  const entries = page.entries.slice(after - page.start);
  return { entries, readTo: after + entries.length, more: page.entries.length === PAGE_ROWS };
}

/**
 * A read that began before somebody asks may miss what that one was woken for; so the next read serves all who asked
 * meanwhile: never more than one under way and one waiting, however many ask.
 */
function shareRead(page: Page, read: () => Promise<void>): Promise<void> {
  if (page.running === undefined) {
    page.running = read().finally(() => {
      page.running = undefined;
    });
    return page.running;
  }
  page.waiting ??= page.running
    .catch(() => undefined)
    .then(() => {
      page.waiting = undefined;
      return shareRead(page, read);
    });
  return page.waiting;
}

async function fill(db: Queryable, page: Page): Promise<void> {
  const have = page.entries.length;
  if (have === PAGE_ROWS) return;
  const rows = await readLogRows(db, page.shard, page.start + have, PAGE_ROWS - have);
  const wanted = rows.filter((row) => row.category !== null || row.previous_category !== null);
  const items = await loadItems(db, page.shard, wanted, false);
  const byTpos = new Map(items.map((item) => [item.tpos, item]));
  page.entries = [...page.entries, ...rows.map((row) => ({ row, item: byTpos.get(row.tpos) }))];
  page.bytes += items.reduce((sum, item) => sum + item.bytes, 0);
}
