import { z } from "zod";
import type { Ask, Asked } from "../../connectors/vendure/ask.ts";
import { FeedFailed, type FeedPage, type FeedPart } from "../feed-kind.ts";
import { nextStamp, readFrom, readStamp } from "../stamp.ts";
import { STATES, type VendureFeedConfig } from "./config.ts";
import { listOrders, NEWEST_ORDER, type FeedOrder } from "./operations.ts";
import { orderItem } from "./order-document.ts";

/** Where a page begins: orders that changed at this moment or later, without the first ones of the moment that were read. */
const cursorSchema = z.object({ from: z.string(), skip: z.number().int().min(0), last: z.string().optional() });
type Cursor = z.infer<typeof cursorSchema>;

const BEGINNING = "1970-01-01T00:00:00.000Z";

/** Orders of the shop, those of one store each. */
export function ordersPart(ask: Ask, config: VendureFeedConfig, nowMs: () => number): FeedPart {
  const list = listOrders(config);
  const states = { ...STATES, ...config.states };
  const named = (status: (one: string | null) => boolean): string[] => Object.keys(states).filter((state) => status(states[state] ?? null));
  const [unplaced, over] = [named((one) => one === null), named((one) => one === "delivered" || one === "returned" || one === "cancelled")];
  const read = async (filter: object, skip: number, take: number): Promise<{ rows: FeedOrder[]; take: number }> => {
    for (let some = take; ; some = Math.ceil(some / 4)) {
      const asked = await ask(list, { filter, take: some, skip });
      if (asked.kind === "data") return { rows: asked.data.orders.items.slice(0, some), take: some };
      // Orders of many lines: fewer of them at once.
      if (!(asked.kind === "uncertain" && asked.detail.includes("a body over") && some > 1)) throw failed(asked);
    }
  };
  return {
    name: "orders",
    keepClosedMs: config.keepClosedMs,
    begin: async (since) => {
      const asked = await ask(NEWEST_ORDER, {});
      if (asked.kind !== "data") throw failed(asked);
      const newest = asked.data.orders.items[0]?.updatedAt;
      const at = newest === undefined ? undefined : new Date(newest).toISOString();
      return { to: nextStamp(readStamp(since), at, "", nowMs(), config.overlapMs), everything: false };
    },
    page: async (since, after): Promise<FeedPage> => {
      const stamp = readStamp(since);
      const changedFrom = stamp && readFrom(stamp, config.overlapMs);
      const start: Cursor = { from: changedFrom ?? BEGINNING, skip: 0 };
      const cursor = after === undefined ? start : cursorSchema.parse(JSON.parse(after));
      const placed = { state: { notIn: unplaced }, updatedAt: { after: before(cursor.from, 1) } };
      const kept = new Date(nowMs() - config.keepClosedMs).toISOString();
      // What ended long ago is no news, and by far the most of what a shop system holds.
      const filter = changedFrom === undefined ? { ...placed, _or: [{ state: { notIn: over } }, { updatedAt: { after: kept } }] } : placed;
      const { rows } = await read(filter, cursor.skip, config.pageRecords);
      return { items: rows.map((row) => orderItem(row, config)), next: nextOf(cursor, rows) };
    },
    items: async (codes) => {
      const { rows, take } = await read({ code: { in: [...codes] } }, 0, codes.length);
      const asked = new Set(codes);
      if (rows.some(({ code }) => !asked.has(code)))
        throw new FeedFailed({ kind: "uncertain", detail: "the look-up answers with other orders" });
      const all = [...rows];
      for (let more = take; all.length === more && more < codes.length; more += take)
        all.push(...(await read({ code: { in: [...codes] } }, more, take)).rows);
      return all.map((row) => orderItem(row, config));
    },
  };
}

const before = (stamp: string, ms: number): string => new Date(Math.max(0, Date.parse(stamp) - ms)).toISOString();

/**
 * From the last one's moment on, in case others have the same; those of that moment that were read are skipped. An order that
 * changes meanwhile moves to the end, and is read there. An empty page is the end.
 */
function nextOf(cursor: Cursor, rows: readonly FeedOrder[]): string | undefined {
  const end = rows.at(-1);
  if (end === undefined) return undefined;
  const from = new Date(end.updatedAt).toISOString();
  const last = `${end.code} ${from}`;
  // A server that does not skip would be read for ever.
  if (last === cursor.last) throw new FeedFailed({ kind: "uncertain", detail: "a page that was read before" });
  const same = rows.filter(({ updatedAt }) => new Date(updatedAt).toISOString() === from).length;
  const next: Cursor = { from, skip: from === cursor.from ? cursor.skip + same : same, last };
  return JSON.stringify(next);
}

/** A query that is refused is one that this Vendure does not know, or that the key may not ask. */
function failed(asked: Exclude<Asked<unknown>, { kind: "data" }>): FeedFailed {
  if (asked.kind === "duplicate") return new FeedFailed({ kind: "uncertain", detail: "a query that is refused as a duplicate" });
  return new FeedFailed(asked.kind === "refused" ? { kind: "set-up", detail: asked.detail } : asked);
}
