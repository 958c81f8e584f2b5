import { z } from "zod";
import { FeedFailed, type FeedDocument, type FeedItem, type FeedPage, type FeedPart, type FeedRefusal } from "../feed-kind.ts";
import { nextStamp, readFrom, readStamp } from "../stamp.ts";
import { changedSince, nextPage, type AskTryton } from "./ask-tryton.ts";
import { pageOf, type StockWish, type TrytonFeedConfig } from "./config.ts";
import { momentSchema } from "./moment.ts";
import { flag } from "./product-rows.ts";

const id = z.number().int();
const productRow = z.object({ id, code: z.string().nullable(), active: flag, "default_uom.": z.object({ symbol: z.string() }) });
const moveRow = z.object({ id, product: id, write_date: momentSchema.nullable() });
const placeRow = z.object({ id, code: z.string(), storage_location: id.nullable() });
const levelRow = z.object({ id, quantity: z.number() });

/** Quantities are floats at Tryton; finer than this is what adding floats puts on. */
const QUANTITY_DECIMALS = 6;
const QUANTITY_MAX = 1e14;
const DAY_MS = 86_400_000;

/** Levels of goods: of what moved, or of all. A product's levels in all stores are read together. */
export function stockPart(ask: AskTryton, config: TrytonFeedConfig, nowMs: () => number): FeedPart {
  /** Tryton's ids of what the file names; a code that means another place later is a new set-up. */
  const places = new Map<StockWish, number>();
  const itemsOf = async (ids: readonly number[], moves?: ReadonlyMap<number, string>): Promise<FeedItem[]> => {
    if (ids.length === 0) return [];
    const domain = [
      ["id", "in", ids],
      ["type", "=", "goods"],
    ];
    const rows = await ask.search("product.product", domain, productRow, ids.length);
    const levels: ReadonlyMap<number, number>[] = [];
    for (const wish of config.stock) {
      const place = places.get(wish) ?? (await findPlace(ask, wish));
      places.set(wish, place);
      const ids = rows.map((row) => row.id);
      levels.push(await readLevels(ask, place, ids, nowMs()));
    }
    return rows.map((row) =>
      stockItem(
        row,
        levels.map((of) => of.get(row.id)),
        moves?.get(row.id),
        config,
      ),
    );
  };
  const take = pageOf(config, config.stock.length);
  return {
    name: "stock",
    levels: config.stock.map(({ store, destination }) => ({ store, destination })),
    begin: async (since) => {
      const newest = await ask.newest("stock.move");
      return { to: nextStamp(readStamp(since), newest, "", nowMs(), config.overlapMs), everything: false };
    },
    page: async (since, after): Promise<FeedPage> => {
      const past = Number(after ?? 0);
      const stamp = readStamp(since);
      const from = stamp && readFrom(stamp, config.overlapMs);
      if (from !== undefined) {
        const moved = [["state", "=", "done"], ["id", ">", past], changedSince(from)];
        const moves = await ask.search("stock.move", moved, moveRow, take);
        // Of each product its last one; a move that was written again is another.
        const last = new Map(moves.map(({ id: move, product, write_date: at }) => [product, `${move} ${at ?? ""}`]));
        return { items: await itemsOf([...last.keys()], last), next: nextPage(moves, past) };
      }
      const rows = await ask.search(
        "product.product",
        [
          ["id", ">", past],
          ["type", "=", "goods"],
        ],
        productRow,
        take,
      );
      return { items: await itemsOf(rows.map((row) => row.id)), next: nextPage(rows, past) };
    },
    items: (keys) => itemsOf(keys.map(Number).filter(Number.isSafeInteger)),
  };
}

function stockItem(
  row: z.infer<typeof productRow>,
  levels: readonly (number | undefined)[],
  moves: string | undefined,
  config: TrytonFeedConfig,
): FeedItem {
  const key = String(row.id);
  const { symbol } = row["default_uom."];
  const uom = Object.hasOwn(config.units, symbol) ? config.units[symbol] : undefined;
  const refused: FeedRefusal[] = [];
  const documents: FeedDocument[] = [];
  const { code } = row;
  if (code === null || code === "") refused.push({ code: "feed.record-invalid", detail: `product ${row.id} has no code` });
  else if (uom === undefined) refused.push({ code: "feed.mapping-missing", detail: `units: ${symbol}` });
  else if (row.active)
    config.stock.forEach(({ store }, at) => {
      const onHand = quantityText(levels[at]);
      if (onHand === undefined) refused.push({ code: "feed.record-invalid", detail: `${code}: no level in ${store}` });
      else
        documents.push({
          collection: "stock",
          id: `${store}:${code}`,
          scope: `store:${store}` as FeedDocument["scope"],
          fields: { storeId: store, itemId: code, uom, onHand },
          mark: { figure: `${onHand} ${uom}`, moves },
        });
    });
  return { key, documents, refused };
}

/** `2.5` for 2.5000000000000004; undefined for what no shop has. */
export function quantityText(quantity: number | undefined): string | undefined {
  if (quantity === undefined || !Number.isFinite(quantity) || Math.abs(quantity) > QUANTITY_MAX) return undefined;
  const text = quantity.toFixed(QUANTITY_DECIMALS).replace(/\.?0+$/, "");
  return text === "-0" ? "0" : text;
}

async function findPlace(ask: AskTryton, { location }: StockWish): Promise<number> {
  const [found, other] = await ask.search("stock.location", [["code", "=", location]], placeRow, 2);
  if (found === undefined) throw new FeedFailed({ kind: "set-up", detail: `Tryton has no location ${location}` });
  if (other !== undefined) throw new FeedFailed({ kind: "set-up", detail: `Tryton has two locations ${location}` });
  return found.storage_location ?? found.id;
}

async function readLevels(ask: AskTryton, place: number, ids: readonly number[], nowMs: number): Promise<Map<number, number>> {
  // Tryton's today may be a day ahead of UTC; what is done is counted, what is only planned is not.
  const today = new Date(nowMs + DAY_MS);
  const rows = await ask.read("product.product", ids, levelRow, {
    locations: [place],
    with_childs: true,
    stock_date_end: { __class__: "date", year: today.getUTCFullYear(), month: today.getUTCMonth() + 1, day: today.getUTCDate() },
  });
  return new Map(rows.map(({ id: product, quantity }) => [product, quantity]));
}
