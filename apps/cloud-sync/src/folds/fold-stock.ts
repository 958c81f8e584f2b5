import {
  documentIdSchema,
  stockFacts,
  stockOf,
  storeScope,
  sumDecimals,
  type DocumentId,
  type StockCount,
  type StockFact,
  type StockLevel,
  type StockMovement,
  type StockState,
} from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import type { DocumentChange } from "../reference/write-documents.ts";
import type { FoldRow } from "./fold-row.ts";
import { readStanding, type Standing } from "./standing-documents.ts";
import {
  countBase,
  foreignBase,
  isInBase,
  isOwnWord,
  joinIncluded,
  laterBase,
  levelOf,
  NO_FOLD,
  type StockBase,
  type StockFold,
} from "./stock-base.ts";
import { itemName, loadFolds, storeFolds, storeMovements, sumUpon, type ItemAt, type LoggedMovement } from "./stock-tables.ts";
import { hlcOfMs } from "./trusted-hlc.ts";

/** What a page does to one item in one store. */
export interface StockPart extends ItemAt {
  readonly id: DocumentId;
  readonly facts: readonly { readonly row: FoldRow; readonly fact: StockFact }[];
}

/** Stock facts of a page, by item. Items whose number cannot be part of a document's id have no level. */
export function stockParts(rows: readonly FoldRow[]): StockPart[] {
  const told = rows.flatMap((row) => stockFacts(row.story).map((fact) => ({ row, fact })));
  return [...Map.groupBy(told, ({ row, fact }) => stockId(row.store, fact.itemId))].flatMap(([text, facts]) => {
    const id = documentIdSchema.safeParse(text);
    const [first] = facts;
    return first === undefined || !id.success || !text.isWellFormed()
      ? []
      : [{ id: id.data, store: first.row.store, item: first.fact.itemId, facts }];
  });
}

/** Key of an item's level in a store. A store's name holds no colon. */
export const stockId = (store: string, item: string): string => `${store}:${item}`;

/** Folds a page into the levels of its items, whose documents are locked. The same page again changes nothing. */
export async function foldStock(tx: Queryable, parts: readonly StockPart[]): Promise<DocumentChange[]> {
  const standing = await readStanding(
    tx,
    "stock",
    parts.map(({ id }) => id),
  );
  return foldLevels(tx, parts, standing);
}

/** Folds facts upon levels as they stand, or as somebody is about to write them. */
export async function foldLevels(
  tx: Queryable,
  parts: readonly StockPart[],
  standing: ReadonlyMap<DocumentId, Standing<"stock">>,
): Promise<DocumentChange[]> {
  if (parts.length === 0) return [];
  const folds = await loadFolds(tx, parts);
  const plans = parts.map((part) => planItem(part, folds.get(itemName(part)), standing.get(part.id)));
  const added = Map.groupBy(await storeMovements(tx, plans.flatMap(loggedMovements)), itemName);
  const anew = await sumUpon(
    tx,
    plans.flatMap(({ part: { store, item }, base, isMoved }) => (isMoved && base !== undefined ? [{ store, item, base }] : [])),
  );
  const done = plans.map((plan) => ({ plan, fold: addUp(plan, anew.get(itemName(plan.part)), added.get(itemName(plan.part)) ?? []) }));
  await storeFolds(
    tx,
    done.map(({ plan, fold }) => ({ ...plan.part, fold })),
  );
  return done.flatMap(({ plan, fold }) => levelChange(plan.part, fold, standing.get(plan.part.id)));
}

interface ItemPlan {
  readonly part: StockPart;
  readonly before: StockFold;
  /** What the page alone says. */
  readonly told: StockState;
  readonly base: StockBase | undefined;
  /** The base is another one than before: all that moved is reckoned anew. */
  readonly isMoved: boolean;
}

function planItem(part: StockPart, kept: StockFold | undefined, standing: Standing<"stock"> | undefined): ItemPlan {
  const before = kept ?? NO_FOLD;
  const level = standing?.fields;
  const foreign = level !== undefined && !isOwnWord(before, level) ? foreignBase(level, hlcOfMs(standing?.changedAtMs ?? 0)) : undefined;
  const told = tell(part.facts);
  const base = laterBase(foreign ?? before.base, told.count && countBase(told.count));
  return { part, before, told, base, isMoved: base !== before.base };
}

function tell(facts: StockPart["facts"]): StockState {
  const [movements, counts]: [StockMovement[], StockCount[]] = [[], []];
  for (const { row, fact } of facts) {
    const entry = { terminal: row.terminal, epoch: row.epoch, seq: row.seq, hlc: row.happenedAt, uom: fact.uom };
    if (fact.kind === "count") counts.push({ ...entry, quantity: fact.quantity });
    else movements.push({ ...entry, delta: fact.quantity });
  }
  return stockOf({ movements, counts });
}

/** Of the page's movements those that the base has not. Which row told one follows from its entry. */
function loggedMovements({ part, told, base }: ItemPlan): LoggedMovement[] {
  const tposOf = new Map(part.facts.map(({ row }) => [`${row.terminal}#${row.epoch}#${row.seq}`, row]));
  return [...told.movements.values()].flatMap((movement) => {
    const row = tposOf.get(`${movement.terminal}#${movement.epoch}#${movement.seq}`);
    if (row === undefined || isInBase(base, movement)) return [];
    return [{ store: part.store, item: part.item, shard: row.shard, tpos: row.tpos, movement }];
  });
}

/** `anew`: the sums upon another base, which have the page's movements in them; otherwise those are added. */
function addUp({ part, before, base }: ItemPlan, anew: StockFold["sums"] | undefined, added: readonly LoggedMovement[]): StockFold {
  const entries = part.facts.map(({ row }) => ({ terminal: row.terminal, epoch: row.epoch, seq: row.seq, hlc: row.happenedAt }));
  const included = joinIncluded(before.included, [...foreignEntries(base), ...entries]);
  if (anew !== undefined) return { base, included, sums: anew };
  const sums = { ...before.sums };
  for (const { movement } of added) {
    const known = sums[movement.uom];
    sums[movement.uom] = {
      sum: sumDecimals(known === undefined ? [movement.delta] : [known.sum, movement.delta]),
      first: known === undefined || movement.hlc < known.first ? movement.hlc : known.first,
    };
  }
  return { base, included, sums };
}

/** What a foreign level has of our journals is in the figure, whether we have heard of it or not. */
const foreignEntries = (base: StockBase | undefined): Parameters<typeof joinIncluded>[1] =>
  Object.entries(base?.included ?? {}).map(([terminal, place]) => ({
    terminal: terminal as FoldRow["terminal"],
    ...place,
    hlc: base?.hlc ?? hlcOfMs(0),
  }));

function levelChange(part: StockPart, fold: StockFold, standing: Standing<"stock"> | undefined): DocumentChange[] {
  const level = levelOf(fold);
  if (level === undefined) return [];
  const before = standing?.fields;
  const reserved = before?.reserved;
  const fields: StockLevel = {
    id: part.id,
    storeId: part.store,
    itemId: part.item,
    ...level,
    ...(reserved === undefined ? {} : { reserved }),
  };
  return [{ collection: "stock", id: part.id, scope: standing?.fields === undefined ? storeScope(part.store) : standing.scope, fields }];
}
