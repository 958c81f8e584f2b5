import type { Decimal, Epoch, HlcText, Seq, StockLevel, StockMovement, TerminalId } from "@tillsync/sync-protocol";
import {
  compareCounts,
  firstUom,
  isDecimal,
  STOCK_TERMINALS_MAX,
  sumDecimals,
  ZERO_DECIMAL,
  type StockCount,
} from "@tillsync/sync-protocol";

export type Included = Readonly<Record<TerminalId, { readonly epoch: Epoch; readonly seq: Seq; readonly hlc: HlcText }>>;

/**
 * What a figure stands on: a shop's count, or a level that another system wrote. `hlc` puts it in order among the others.
 * What is in it already: all that moved by `countedAt`, and all that the terminals wrote up to `included`.
 */
export interface StockBase extends StockCount {
  readonly countedAt?: HlcText | undefined;
  readonly included?: StockLevel["included"] | undefined;
}

/** Stock of one item in one store, as it is kept. */
export interface StockFold {
  readonly base: StockBase | undefined;
  /** Of what moved and is not in the base, by unit. */
  readonly sums: Readonly<Record<string, { readonly sum: Decimal; readonly first: HlcText }>>;
  readonly included: Included;
}

export const NO_FOLD: StockFold = { base: undefined, sums: {}, included: {} };

export const countBase = (count: StockCount): StockBase => ({ ...count, countedAt: count.hlc });

/** Whether a movement is in the base: the law of `absorbs`, and what a foreign level says of our journals. */
export function isInBase(base: StockBase | undefined, { terminal, epoch, seq, hlc }: Omit<StockMovement, "delta" | "uom">): boolean {
  if (base === undefined) return false;
  if (base.countedAt !== undefined && hlc <= base.countedAt) return true;
  const upTo = base.included?.[terminal];
  return upTo !== undefined && (epoch < upTo.epoch || (epoch === upTo.epoch && seq <= upTo.seq));
}

export const laterBase = (a: StockBase | undefined, b: StockBase | undefined): StockBase | undefined =>
  a === undefined || b === undefined ? (a ?? b) : compareCounts(a, b) >= 0 ? a : b;

/** Of each terminal the last entry that is in the figure; of too many those that wrote last. */
export function joinIncluded(included: Included, entries: readonly Omit<StockMovement, "delta" | "uom">[]): Included {
  const joined = new Map(Object.entries(included) as [TerminalId, Included[TerminalId]][]);
  for (const { terminal, epoch, seq, hlc } of entries) {
    const known = joined.get(terminal);
    const isLater = known === undefined || epoch > known.epoch || (epoch === known.epoch && seq > known.seq);
    if (isLater) joined.set(terminal, { epoch, seq, hlc });
  }
  const latest = [...joined].toSorted(([a, { hlc: x }], [b, { hlc: y }]) => (x === y ? (a < b ? -1 : 1) : x < y ? 1 : -1));
  return Object.fromEntries(latest.slice(0, STOCK_TERMINALS_MAX));
}

type Level = Pick<StockLevel, "uom" | "onHand" | "countedAt" | "included">;

/** What terminals are told. Undefined: nothing is known, or the figure is past what a field holds. */
export function levelOf({ base, sums, included }: StockFold): Level | undefined {
  const uom = base?.uom ?? firstUom(new Map(Object.entries(sums)));
  if (uom === undefined) return undefined;
  const onHand = sumDecimals([base?.quantity ?? ZERO_DECIMAL, sums[uom]?.sum ?? ZERO_DECIMAL]);
  if (!isDecimal(onHand)) return undefined;
  const upTo = Object.entries(included).map(([terminal, { epoch, seq }]) => [terminal, { epoch, seq }]);
  return {
    uom,
    onHand,
    ...(base?.countedAt === undefined ? {} : { countedAt: base.countedAt }),
    included: Object.fromEntries(upTo) as StockLevel["included"],
  };
}

/** Whether a document says what the fold said last. If not, somebody else has written it since. A figure that did not fit left the one before it. */
export function isOwnWord(fold: StockFold, level: Level): boolean {
  const own = levelOf(fold);
  return own === undefined ? fold !== NO_FOLD : textOf(own) === textOf(level);
}

const textOf = ({ uom, onHand, countedAt, included }: Level): string =>
  JSON.stringify([
    uom,
    onHand,
    countedAt,
    Object.entries(included)
      .map(([terminal, { epoch, seq }]) => `${terminal}#${epoch}#${seq}`)
      .toSorted((a, b) => (a < b ? -1 : 1)),
  ]);

/**
 * A level that somebody else wrote, as a base. It says itself what is in it (`countedAt`, `included`); one that says nothing is
 * taken as counted when it was written.
 */
export function foreignBase(level: StockLevel, writtenAt: HlcText): StockBase {
  const { countedAt, included, onHand: quantity, uom } = level;
  const saysWhat = countedAt !== undefined || Object.keys(included).length > 0;
  return {
    terminal: "" as TerminalId,
    epoch: 1 as Epoch,
    seq: 0 as Seq,
    hlc: writtenAt,
    quantity,
    uom,
    ...(saysWhat ? { countedAt, included } : { countedAt: writtenAt }),
  };
}
