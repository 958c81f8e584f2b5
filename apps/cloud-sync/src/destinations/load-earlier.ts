import { isRetail, naturalKey } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { readEntries } from "../transactions/read-entries.ts";
import type { LogRow } from "./log-row.ts";
import { receiptText, type ReceiptText } from "./receipt-text.ts";

/** Another receipt, or another revision of the same, that an item takes back. */
export interface Earlier {
  readonly naturalKey: string;
  readonly revision: number;
  readonly text: ReceiptText;
}

/** What the items of a page take back, by the items' positions. */
export interface EarlierOf {
  readonly previous: ReadonlyMap<number, Earlier>;
  readonly voided: ReadonlyMap<number, Earlier>;
  /** Positions of later revisions whose receipt was void before. */
  readonly isVoided: ReadonlySet<number>;
}

interface Place {
  readonly shard: string;
  readonly tpos: number;
  readonly pos: number;
  readonly natural_key: string;
  readonly revision: number;
  readonly content_hash: Uint8Array;
}

const NONE: EarlierOf = { previous: new Map(), voided: new Map(), isVoided: new Set() };

/**
 * Finds, for each later revision, the one before it, and for each post-void the receipt that it voids: of that, the last
 * revision before the void in its shard's log, so that every attempt takes back the same one; or else the latest there
 * is. A receipt that the log does not have is left out.
 */
export async function loadEarlier(
  db: Queryable,
  shard: string,
  rows: readonly LogRow[],
  texts: ReadonlyMap<number, ReceiptText>,
): Promise<EarlierOf> {
  const revised = rows.filter((row) => row.revision > 1);
  const voids = rows.flatMap((row) => voidOf(row, texts.get(row.pos)));
  if (revised.length === 0 && voids.length === 0) return NONE;
  const places = await findPlaces(db, [...new Set([...revised.map((row) => row.natural_key), ...voids.map((one) => one.key)])]);
  const byKey = Map.groupBy(places, (place) => place.natural_key);
  const wanted = [
    ...revised.map((row) => ({ row, as: "previous" as const, place: revisionBefore(byKey.get(row.natural_key) ?? [], row) })),
    ...voids.map(({ row, key }) => ({ row, as: "voided" as const, place: lastBefore(byKey.get(key) ?? [], shard, row) })),
  ];
  const read = await readTexts(
    db,
    wanted.flatMap(({ place }) => place ?? []),
  );
  const isVoided = await findVoided(db, shard, revised);
  const found = { previous: new Map<number, Earlier>(), voided: new Map<number, Earlier>(), isVoided };
  for (const { row, as, place } of wanted) {
    const text = place && read.get(nameOf(place.shard, place.pos));
    if (place !== undefined && text !== undefined)
      found[as].set(row.tpos, { naturalKey: place.natural_key, revision: place.revision, text });
  }
  return found;
}

function voidOf(row: LogRow, text: ReceiptText | undefined): { row: LogRow; key: string }[] {
  if (row.status !== "postVoided" || text === undefined || text.broken !== undefined) return [];
  const { transaction } = text;
  return isRetail(transaction) && transaction.voids !== undefined ? [{ row, key: naturalKey(transaction.voids) }] : [];
}

const findPlaces = (db: Queryable, keys: readonly string[]): Promise<Place[]> =>
  db.query<Place>(sql`
    SELECT shard, tpos, pos, natural_key, revision, content_hash FROM transaction WHERE natural_key = ANY(${keys}::text[]) ORDER BY natural_key, revision`);

/** A void before the revision in its shard's log; one that comes later takes the revision back itself. */
async function findVoided(db: Queryable, shard: string, revised: readonly LogRow[]): Promise<Set<number>> {
  if (revised.length === 0) return new Set();
  const voids = await db.query<{ ordering_key: string; tpos: number }>(sql`
    SELECT ordering_key, min(tpos) AS tpos FROM transaction
    WHERE status = 'postVoided' AND shard = ${shard} AND category = 'sales' AND natural_key <> ordering_key
      AND ordering_key = ANY(${revised.map((row) => row.natural_key)}::text[])
    GROUP BY ordering_key`);
  const since = new Map(voids.map((row) => [row.ordering_key, row.tpos]));
  return new Set(revised.filter((row) => (since.get(row.natural_key) ?? row.tpos) < row.tpos).map((row) => row.tpos));
}

const revisionBefore = (places: readonly Place[], row: LogRow): Place | undefined =>
  places.find((place) => place.revision === row.revision - 1);

const lastBefore = (places: readonly Place[], shard: string, row: LogRow): Place | undefined =>
  places.findLast((place) => place.shard === shard && place.tpos < row.tpos) ?? places.at(-1);

const nameOf = (shard: string, pos: number): string => `${pos} ${shard}`;

async function readTexts(db: Queryable, places: readonly Place[]): Promise<Map<string, ReceiptText>> {
  const texts = new Map<string, ReceiptText>();
  for (const [shard, of] of Map.groupBy(places, (place) => place.shard)) {
    const positions = [...new Set(of.map((place) => place.pos))].toSorted((a, b) => a - b);
    const hashes = new Map(of.map((place) => [place.pos, place.content_hash]));
    await readEntries(db, shard, positions, (entry) => {
      texts.set(nameOf(shard, entry.pos), receiptText(entry.line, hashes.get(entry.pos) ?? new Uint8Array()));
    });
  }
  return texts;
}
