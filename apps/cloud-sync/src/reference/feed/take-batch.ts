import type { Product, StoreId } from "@tillsync/sync-protocol";
import type { Queryable } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { joinWritten } from "../../folds/join-written.ts";
import { announceHeads } from "../announce-heads.ts";
import { lockDocuments } from "../lock-documents.ts";
import { writeAndCount, type MovedHead } from "../write-documents.ts";
import { storeCurrencies, wrongCurrency } from "./check-currency.ts";
import { tooManyPrices } from "./check-open-prices.ts";
import { hasLinks, wrongRelations } from "./check-relations.ts";
import { livingPlaces, storesOfTerminals, wrongWithScope } from "./check-scopes.ts";
import type { CheckedRow } from "./check-row.ts";
import type { Feed, FeedDeps } from "./feed.ts";
import { OPEN_PRICES_MAX } from "./limits.ts";
import { mayShowId } from "./looks-personal.ts";
import { refuse, type FeedReport, type Refusal } from "./report.ts";

/** Number of the advisory lock under which products get links, so that two feeds cannot close a circle between them. */
const LINKS_LOCK = 7_455_135;

interface Taken {
  readonly refused: ReadonlyMap<CheckedRow, Refusal>;
  readonly changed: number;
  readonly heads: readonly MovedHead[];
}

/** One transaction: holds the rows against what is stored, writes those that fit, and notes in the report what became of each. */
export async function takeBatch(deps: FeedDeps, feed: Feed, rows: readonly CheckedRow[], report: FeedReport): Promise<void> {
  if (rows.length === 0) return;
  const nowMs = deps.now();
  let taken: Taken | undefined;
  await deps.db
    .transaction(async (tx) => {
      taken = await decide(tx, feed, rows, nowMs);
      if (feed.dryRun) throw new DryRun();
    })
    .catch((error: unknown) => {
      if (!(error instanceof DryRun)) throw error;
    });
  if (taken === undefined) return;
  for (const row of rows) {
    const refusal = taken.refused.get(row);
    if (refusal === undefined) continue;
    const { id, collection } = row.change;
    refuse(report, { line: row.line, ...(mayShowId(collection) ? { id } : {}), ...refusal });
  }
  report.accepted += taken.changed;
  report.unchanged += rows.length - taken.refused.size - taken.changed;
  if (!feed.dryRun) await announceHeads(deps.db, taken.heads);
}

class DryRun extends Error {}

async function decide(tx: Queryable, feed: Feed, rows: readonly CheckedRow[], nowMs: number): Promise<Taken> {
  const { collection } = feed;
  if (collection === "products" && rows.some((row) => hasLinks(row.change.fields as Product)))
    await tx.query(sql`SELECT pg_advisory_xact_lock(${LINKS_LOCK}::bigint)`);
  await lockDocuments(
    tx,
    rows.map((row) => row.change),
  );
  const refused = new Map<CheckedRow, Refusal>();
  const left = (): CheckedRow[] => rows.filter((row) => !refused.has(row));
  await refuseByScope(tx, feed, rows, refused);
  if (collection === "prices")
    for (const row of await tooManyPrices(tx, left(), nowMs))
      refused.set(row, { code: "reference.too-many-prices", detail: `itemId: more than ${OPEN_PRICES_MAX}` });
  if (collection === "products") for (const [row, refusal] of await wrongRelations(tx, left())) refused.set(row, refusal);
  const changes = left().map((row) => row.change);
  const written = await writeAndCount(tx, await joinWritten(tx, changes, nowMs), nowMs);
  return { refused, ...written };
}

async function refuseByScope(tx: Queryable, feed: Feed, rows: readonly CheckedRow[], refused: Map<CheckedRow, Refusal>): Promise<void> {
  const living = await livingPlaces(
    tx,
    feed.collection,
    rows.map((row) => row.change.id),
  );
  const scopes = [...rows.map((row) => row.change.scope), ...living.values()];
  const terminals: ReadonlyMap<string, StoreId> = await storesOfTerminals(tx, scopes);
  const money = feed.collection === "prices" || feed.collection === "orders";
  const currencies = money ? await storeCurrencies(tx) : new Map<string, string>();
  for (const row of rows) {
    const refusal =
      wrongWithScope(row, { living, terminals, store: feed.store, move: feed.move }) ?? wrongCurrency(row, currencies, terminals);
    if (refusal !== undefined) refused.set(row, refusal);
  }
}
