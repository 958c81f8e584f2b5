import {
  entryEnvelopeSchema,
  isRetail,
  naturalKey,
  type Epoch,
  type HlcText,
  type Seq,
  type StoreId,
  type TerminalId,
  type Transaction,
} from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { receiptText, type ReceiptText } from "../destinations/receipt-text.ts";
import { readEntries } from "../transactions/read-entries.ts";
import type { BrokenRow, FoldPage, FoldRow } from "./fold-row.ts";
import { trustedHlc } from "./trusted-hlc.ts";

/** Rows of one page. In a backlog most items are sold again within one, and each is written once. */
export const PAGE_ROWS = 1_000;
/** Lines of one page: sixteen of the largest there are. Their meanings take about five times as much memory. */
export const PAGE_BYTES_MAX = 16 * 1024 * 1024;
/** Besides all steps of orders: one that is told again goes to no destination, and may be another till's hand-over. */
const CATEGORIES = ["sales", "orders", "order-status", "members", "inventory"];

interface LogPlace {
  readonly tpos: number;
  readonly pos: number;
  readonly natural_key: string;
  readonly revision: number;
  readonly content_hash: Uint8Array;
}
interface LogRow extends LogPlace {
  readonly status: string;
  readonly wanted: boolean;
  readonly terminal_id: TerminalId;
  readonly epoch: Epoch;
  readonly seq: Seq;
  readonly store_id: StoreId;
  readonly received_at_ms: number;
}
interface Line extends ReceiptText {
  readonly receivedAtMs: number;
}

/**
 * Reads what follows `after` in a shard's transaction log, each record with what it takes back. What a page holds never changes:
 * it asks only for what stands before each row in the same log.
 */
export async function readFoldPage(
  db: Queryable,
  shard: string,
  after: number,
  limit: number = PAGE_ROWS,
  bytesMax: number = PAGE_BYTES_MAX,
): Promise<FoldPage> {
  const found = await db.query<LogRow>(sql`
    SELECT tpos, pos, natural_key, revision, content_hash, status, terminal_id, epoch, seq, store_id, received_at_ms,
      type = 'OrderStatus' OR coalesce(category = ANY(${CATEGORIES}::text[]) OR previous_category = ANY(${CATEGORIES}::text[]), false) AS wanted
    FROM transaction WHERE shard = ${shard} AND tpos > ${after}::bigint ORDER BY tpos LIMIT ${limit}`);
  const asked = found.filter((row) => row.wanted);
  const lines = await readLines(db, shard, asked, new Map(), bytesMax);
  // Cut before the first line that did not fit; the first one always does.
  const cut = asked.findIndex((row, i) => i > 0 && !lines.has(row.pos));
  const wanted = cut === -1 ? asked : asked.slice(0, cut);
  const last = asked[cut] === undefined ? found.at(-1)?.tpos : asked[cut].tpos - 1;
  const voids = wanted.flatMap((row) => voidedBy(row, lines));
  const places = await readPlaces(db, shard, [
    ...wanted.filter((row) => row.revision > 1).map((row) => row.natural_key),
    ...voids.map(({ key }) => key),
  ]);
  await readLines(db, shard, places, lines, Number.POSITIVE_INFINITY);
  const firstVoids = await readFirstVoids(db, shard, [...wanted.map((row) => row.natural_key), ...voids.map(({ key }) => key)]);
  const rows: FoldRow[] = [];
  const broken: BrokenRow[] = [];
  for (const row of wanted) {
    const voidedKey = voids.find((one) => one.row === row)?.key;
    const made = makeRow(shard, row, { lines, places, firstVoids, voidedKey });
    if ("broken" in made) broken.push(made);
    else rows.push(made);
  }
  return { after, last, rows, broken };
}

interface Around {
  readonly lines: ReadonlyMap<number, Line>;
  readonly places: readonly LogPlace[];
  /** By receipt, where in the log it was first voided. */
  readonly firstVoids: ReadonlyMap<string, number>;
  readonly voidedKey: string | undefined;
}

function makeRow(shard: string, row: LogRow, { lines, places, firstVoids, voidedKey }: Around): FoldRow | BrokenRow {
  const before = places.filter((place) => place.tpos < row.tpos);
  const earlier = before.filter((place) => place.natural_key === row.natural_key);
  const [first, previous] = [earlier.find((place) => place.revision === 1), earlier.find((place) => place.revision === row.revision - 1)];
  // Of several voids of one receipt the first takes it back; a receipt that comes after its void was void from the start.
  const isFirstVoid = voidedKey !== undefined && (firstVoids.get(voidedKey) ?? row.tpos) >= row.tpos;
  const voided = isFirstVoid ? before.findLast((place) => place.natural_key === voidedKey) : undefined;
  if (row.revision > 1 && previous === undefined)
    return { shard, tpos: row.tpos, broken: "the revision before it is not before it in this shard's log" };
  const own = lines.get(row.pos);
  const read = [row, first, previous, voided].flatMap((place) => (place === undefined ? [] : [lines.get(place.pos)]));
  const wrong = read.find((line) => line === undefined || line.broken !== undefined);
  if (own === undefined || read.includes(undefined) || wrong !== undefined)
    return { shard, tpos: row.tpos, broken: wrong?.broken ?? "not in the log" };
  const transactionOf = (place: LogPlace | undefined): Transaction | undefined => place && lines.get(place.pos)?.transaction;
  const hlc = hlcOf(own);
  return {
    shard,
    tpos: row.tpos,
    terminal: row.terminal_id,
    epoch: row.epoch,
    seq: row.seq,
    store: row.store_id,
    hlc,
    happenedAt: hlcOf(lines.get(first?.pos ?? row.pos) ?? own),
    story: {
      transaction: own.transaction,
      previous: transactionOf(previous),
      voided: transactionOf(voided),
      isVoided: voidedKey === undefined && (firstVoids.get(row.natural_key) ?? row.tpos) < row.tpos,
    },
  };
}

function voidedBy(row: LogRow, lines: ReadonlyMap<number, Line>): { row: LogRow; key: string }[] {
  const line = lines.get(row.pos);
  if (row.status !== "postVoided" || line === undefined || line.broken !== undefined) return [];
  const { transaction } = line;
  return isRetail(transaction) && transaction.voids !== undefined ? [{ row, key: naturalKey(transaction.voids) }] : [];
}

async function readLines(
  db: Queryable,
  shard: string,
  places: readonly LogPlace[],
  lines: Map<number, Line>,
  bytesMax: number,
): Promise<Map<number, Line>> {
  const missing = new Map(places.filter((place) => !lines.has(place.pos)).map((place) => [place.pos, place.content_hash]));
  const positions = [...missing.keys()].toSorted((a, b) => a - b);
  let bytes = 0;
  await readEntries(db, shard, positions, (entry) => {
    bytes += entry.line.length;
    if (bytes > bytesMax && entry.pos !== places[0]?.pos) return;
    const text = receiptText(entry.line, missing.get(entry.pos) ?? new Uint8Array());
    lines.set(entry.pos, Object.assign(text, { receivedAtMs: entry.receivedAtMs }));
  });
  return lines;
}

/** Revisions of these receipts, in the order of the log. */
const readPlaces = async (db: Queryable, shard: string, keys: readonly string[]): Promise<LogPlace[]> =>
  keys.length === 0
    ? []
    : db.query<LogPlace>(sql`
        SELECT tpos, pos, natural_key, revision, content_hash FROM transaction
        WHERE natural_key = ANY(${[...new Set(keys)]}::text[]) AND shard = ${shard} ORDER BY tpos`);

/** A void bears the key of the receipt that it voids. */
async function readFirstVoids(db: Queryable, shard: string, keys: readonly string[]): Promise<Map<string, number>> {
  if (keys.length === 0) return new Map();
  const rows = await db.query<{ ordering_key: string; tpos: number }>(sql`
    SELECT ordering_key, min(tpos) AS tpos FROM transaction
    WHERE status = 'postVoided' AND shard = ${shard} AND category = 'sales' AND natural_key <> ordering_key
      AND ordering_key = ANY(${[...new Set(keys)]}::text[])
    GROUP BY ordering_key`);
  return new Map(rows.map((row) => [row.ordering_key, row.tpos]));
}

/** Our own terminals write the time at the start of the line; others may write JSON in any order. */
const HEAD = /^\{"seq":[0-9]+,"hlc":"([0-9a-f]{12}\.[0-9a-f]{4})"/;
const decoder = new TextDecoder();

export function hlcOf({ line, receivedAtMs }: { readonly line: Uint8Array; readonly receivedAtMs: number }): HlcText {
  const found = HEAD.exec(decoder.decode(line.subarray(0, 80)))?.[1];
  const hlc = (found as HlcText | undefined) ?? entryEnvelopeSchema.parse(JSON.parse(decoder.decode(line))).hlc;
  return trustedHlc(hlc, receivedAtMs);
}
