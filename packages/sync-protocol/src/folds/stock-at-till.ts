import type { HlcText } from "../clock/hlc.ts";
import type { Epoch, Seq, TerminalId } from "../ids.ts";
import type { Decimal } from "../money/amount.ts";
import type { StockLevel } from "../reference/collection.ts";
import { sumDecimals, ZERO_DECIMAL } from "./decimals.ts";
import { absorbs } from "./stock.ts";

/** Where an entry of the terminal's own journal stands. */
interface OwnPlace {
  readonly epoch: Epoch;
  readonly seq: Seq;
}

/** What the terminal's own journal says of the item: a movement, or a count. */
export interface OwnStockFact extends OwnPlace {
  readonly kind: "movement" | "count";
  readonly hlc: HlcText;
  readonly uom: string;
  /** The change, or what was found. */
  readonly quantity: Decimal;
  /** Where the same record stands in an earlier life of the journal, if it was carried over. */
  readonly carriedFrom?: OwnPlace | undefined;
}

/**
 * What a till shows of an item: the cloud's figure and what the till itself has done that is not in it. No movement counts
 * twice: one is left out as soon as the level includes its entry, in whichever life it was first written, or a count that
 * came after it. A count of the till's own that the cloud has not heard of replaces the figure; what other tills sold since is
 * seen when the cloud has folded both.
 *
 * A record that the cloud has set aside is missing in the figure until it is taken up. Facts in another unit than the
 * figure's change nothing. Undefined: nobody knows anything of the item.
 */
export function stockAtTill(
  level: Pick<StockLevel, "onHand" | "uom" | "countedAt" | "included"> | undefined,
  terminal: TerminalId,
  facts: readonly OwnStockFact[],
): { readonly onHand: Decimal; readonly uom: string } | undefined {
  const included = level?.included[terminal];
  const known = level?.countedAt === undefined ? undefined : { hlc: level.countedAt };
  const pending = facts.filter((fact) => !isIncluded(included, fact) && !absorbs(known, fact));
  const count = pending
    .filter((fact) => fact.kind === "count")
    .toSorted(laterLast)
    .at(-1);
  const base = count === undefined ? level && { quantity: level.onHand, uom: level.uom } : { quantity: count.quantity, uom: count.uom };
  const uom = base?.uom ?? pending.toSorted(laterLast)[0]?.uom;
  if (uom === undefined) return undefined;
  const moved = pending.filter((fact) => fact.kind === "movement" && fact.uom === uom && !absorbs(count, fact));
  return { onHand: sumDecimals([base?.quantity ?? ZERO_DECIMAL, ...moved.map((fact) => fact.quantity)]), uom };
}

const isIncluded = (included: OwnPlace | undefined, fact: OwnStockFact): boolean =>
  included !== undefined && [fact, fact.carriedFrom].some((place) => place !== undefined && isAtOrBefore(place, included));

const isAtOrBefore = (a: OwnPlace, b: OwnPlace): boolean => a.epoch < b.epoch || (a.epoch === b.epoch && a.seq <= b.seq);

const laterLast = (a: OwnStockFact, b: OwnStockFact): number =>
  a.hlc === b.hlc ? a.epoch - b.epoch || a.seq - b.seq : a.hlc < b.hlc ? -1 : 1;
