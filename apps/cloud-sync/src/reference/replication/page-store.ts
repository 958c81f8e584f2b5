import type { Queryable } from "../../db/database.ts";
import type { Gate } from "../../db/gate.ts";
import { readPage, type Page, type PageOf } from "./page.ts";

/** Texts of pages kept in memory: some thirty of a thousand prices. What everyone asks for at the same time is among the latest. */
export const PAGES_BYTES_MAX = 32 * 1024 * 1024;
/** What a page costs besides its texts, counted generously so that many small ones are bounded too. */
const ROW_BYTES = 200;

/** Pages that many readers ask for at once are read once. */
export interface PageStore {
  /** A page at least as new as `head`, which the caller has read of the same scope. Throws `wire.busy`, `db.unavailable`. */
  get(of: PageOf, head: number): Promise<Page>;
}

/**
 * A page that is kept may be used again while it reaches the head that its reader knows of, or ends in the middle of the
 * order: what changed in it since has a place behind it and comes later. That is not so of a document that has moved to
 * another scope and changes there, so only plain pages are shared.
 */
export function createPageStore(db: Queryable, gate: Gate, bytesMax = PAGES_BYTES_MAX): PageStore {
  const kept = createKept(bytesMax);
  const underWay = new Map<string, Promise<Page>>();
  const read = async (key: string, of: PageOf): Promise<Page> => {
    const page = await gate.run(() => readPage(db, of));
    if (page.plain) kept.keep(key, page);
    return page;
  };
  return {
    get: async (of, head) => {
      const key = `${of.collection} ${of.scope} ${of.from} ${of.limit}`;
      const known = kept.find(key);
      if (known !== undefined && (known.more || known.to >= head)) return known;
      // A read that is under way may have begun before `head` was there; one for the same head has not.
      const readKey = `${key} ${head}`;
      const others = underWay.get(readKey);
      if (others !== undefined) {
        const page = await others;
        return page.plain ? page : read(key, of);
      }
      const own = read(key, of);
      underWay.set(readKey, own);
      return own.finally(() => underWay.delete(readKey));
    },
  };
}

interface Kept {
  find(key: string): Page | undefined;
  keep(key: string, page: Page): void;
}

/** Those used last stay, as many as `bytesMax` allows. */
function createKept(bytesMax: number): Kept {
  const pages = new Map<string, Page>();
  let bytes = 0;
  const drop = (key: string): void => {
    const page = pages.get(key);
    if (page === undefined) return;
    bytes -= costOf(page);
    pages.delete(key);
  };
  const keep = (key: string, page: Page): void => {
    drop(key);
    pages.set(key, page);
    bytes += costOf(page);
    for (const oldest of pages.keys()) {
      if (bytes <= bytesMax) break;
      drop(oldest);
    }
  };
  return {
    keep,
    find: (key) => {
      const page = pages.get(key);
      if (page !== undefined) keep(key, page);
      return page;
    },
  };
}

const costOf = (page: Page): number => ROW_BYTES + page.bytes + page.rows.length * ROW_BYTES;
