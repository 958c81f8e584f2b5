import type { Queryable } from "../../db/database.ts";
import type { Gate } from "./gate.ts";
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
 * order: what changed in it since has a place behind it and comes later.
 */
export function createPageStore(db: Queryable, gate: Gate, bytesMax = PAGES_BYTES_MAX): PageStore {
  const kept = new Map<string, { readonly page: Page; readonly cost: number }>();
  const underWay = new Map<string, Promise<Page>>();
  let bytes = 0;
  const drop = (key: string): void => {
    bytes -= kept.get(key)?.cost ?? 0;
    kept.delete(key);
  };
  const keep = (key: string, page: Page): void => {
    drop(key);
    const cost = ROW_BYTES + page.bytes + page.rows.length * ROW_BYTES;
    kept.set(key, { page, cost });
    bytes += cost;
    for (const oldest of kept.keys()) {
      if (bytes <= bytesMax) break;
      drop(oldest);
    }
  };
  return {
    get: (of, head) => {
      const key = `${of.collection} ${of.scope} ${of.from} ${of.limit}`;
      const known = kept.get(key);
      if (known !== undefined && (known.page.more || known.page.to >= head)) {
        // The latest used is the last to go.
        kept.delete(key);
        kept.set(key, known);
        return Promise.resolve(known.page);
      }
      // A read that is under way may have begun before `head` was there; one for the same head has not.
      const readKey = `${key} ${head}`;
      const reading = underWay.get(readKey) ?? gate.run(() => readPage(db, of));
      if (!underWay.has(readKey)) {
        underWay.set(readKey, reading);
        reading.then((page) => keep(key, page)).catch(() => undefined).finally(() => underWay.delete(readKey));
      }
      return reading;
    },
  };
}
