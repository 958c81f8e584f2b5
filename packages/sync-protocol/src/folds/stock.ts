import type { HlcText } from "../clock/hlc.ts";
import { assert } from "../errors/assert.ts";
import type { Epoch, Seq, TerminalId } from "../ids.ts";
import { journalName, type JournalName, type VersionVector } from "../journal/version-vector.ts";
import type { Decimal } from "../money/amount.ts";
import { sumDecimals, ZERO_DECIMAL } from "./decimals.ts";

/** One journal entry, which names what it did for ever. */
export interface EntryPlace {
  readonly terminal: TerminalId;
  readonly epoch: Epoch;
  readonly seq: Seq;
}

/** What one entry did to one item's stock in one unit. `hlc` is when the goods moved, which an entry that corrects an earlier one takes from that. */
export interface StockMovement extends EntryPlace {
  readonly hlc: HlcText;
  readonly uom: string;
  readonly delta: Decimal;
}

/** What was found of an item. Everything that moved at or before `hlc` is in it, whenever it is told. */
export interface StockCount extends EntryPlace {
  readonly hlc: HlcText;
  readonly uom: string;
  readonly quantity: Decimal;
}

/** Movements of one journal that are one sum: those up to `seq` that moved at or before `until`. */
interface Settled {
  readonly seq: Seq;
  readonly until: HlcText;
  /** The count on top of which they are summed. */
  readonly since: HlcText | undefined;
  readonly sums: ReadonlyMap<string, SettledSum>;
}
interface SettledSum {
  readonly sum: Decimal;
  readonly first: HlcText;
}

/**
 * Stock of one item in one store, as a PN-counter with counts: the latest count, and what each journal moved after it.
 * Replicas may hear of facts in any order, twice, and through each other: those that know the same facts have the same state.
 */
export interface StockState {
  readonly count: StockCount | undefined;
  /** By entry and unit; none that the count absorbs. */
  readonly movements: ReadonlyMap<string, StockMovement>;
  readonly settled: ReadonlyMap<JournalName, Settled>;
}

export const NO_STOCK: StockState = { count: undefined, movements: new Map(), settled: new Map() };

/** Whether the goods had moved when the count was taken. */
export const absorbs = (count: Pick<StockCount, "hlc"> | undefined, movement: { readonly hlc: HlcText }): boolean =>
  count !== undefined && movement.hlc <= count.hlc;

/** Order of counts: by time, then terminal, then place in its journal (of one record that found it in two units: the unit). Above zero: `a` is the later. */
export function compareCounts(a: StockCount, b: StockCount): number {
  if (a.hlc !== b.hlc) return a.hlc < b.hlc ? -1 : 1;
  if (a.terminal !== b.terminal) return a.terminal < b.terminal ? -1 : 1;
  return a.epoch - b.epoch || a.seq - b.seq || (a.uom === b.uom ? 0 : a.uom < b.uom ? -1 : 1);
}

/** What these facts say together, in any order. */
export function stockOf(facts: { readonly movements: readonly StockMovement[]; readonly counts: readonly StockCount[] }): StockState {
  const count = facts.counts.reduce<StockCount | undefined>(laterCount, undefined);
  return mergeStock({ ...NO_STOCK, count }, { ...NO_STOCK, movements: new Map(facts.movements.map((one) => [movementName(one), one])) });
}

export const addMovement = (state: StockState, movement: StockMovement): StockState =>
  mergeStock(state, stockOf({ movements: [movement], counts: [] }));

export const addCount = (state: StockState, count: StockCount): StockState =>
  mergeStock(state, stockOf({ movements: [], counts: [count] }));

/** What is known once both are known. Commutative, associative, idempotent. */
export function mergeStock(a: StockState, b: StockState): StockState {
  const count = laterCount(a.count, b.count);
  const settled = mergeSettled(a.settled, b.settled, count);
  const movements = new Map<string, StockMovement>();
  for (const [name, movement] of [...a.movements, ...b.movements])
    if (!absorbs(count, movement) && !isSettled(settled, movement)) movements.set(name, movement);
  return { count, movements, settled };
}

/**
 * Sums up what is old, so that an item that nobody counts does not grow for ever. The caller knows that everything which the
 * journals named moved up to there is in the state, and that no count at or before `until` is still to come; later points are
 * further in both. A count that comes nevertheless is a bug, and is found: merging throws.
 */
export function settleStock(state: StockState, stable: { readonly journals: VersionVector; readonly until: HlcText }): StockState {
  const settled = new Map(state.settled);
  for (const [name, seq] of stable.journals) settled.set(name, settleJournal(state, name, seq, stable.until));
  return mergeStock({ ...state, settled }, NO_STOCK);
}

/** How much there is, in the unit of the count; with no count, in that of the first movement. Undefined: nothing is known. */
export function stockOnHand(state: StockState): { readonly onHand: Decimal; readonly uom: string } | undefined {
  const uom = state.count?.uom ?? firstUom(sumsOf(state));
  if (uom === undefined) return undefined;
  return { onHand: sumDecimals([state.count?.quantity ?? ZERO_DECIMAL, sumsOf(state).get(uom)?.sum ?? ZERO_DECIMAL]), uom };
}

/** The unit that was moved first; of two at the same time the smaller name. */
export function firstUom(sums: ReadonlyMap<string, { readonly first: HlcText }>): string | undefined {
  let best: { readonly uom: string; readonly first: HlcText } | undefined;
  for (const [uom, { first }] of sums)
    if (best === undefined || first < best.first || (first === best.first && uom < best.uom)) best = { uom, first };
  return best?.uom;
}

const movementName = ({ terminal, epoch, seq, uom }: StockMovement): string => `${terminal}#${epoch}#${seq} ${uom}`;

function laterCount(a: StockCount | undefined, b: StockCount | undefined): StockCount | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compareCounts(a, b) >= 0 ? a : b;
}

function mergeSettled(
  a: StockState["settled"],
  b: StockState["settled"],
  count: StockCount | undefined,
): ReadonlyMap<JournalName, Settled> {
  const merged = new Map(a);
  for (const [name, other] of b) {
    const own = merged.get(name);
    merged.set(name, own === undefined || isFurther(other, own) ? other : own);
  }
  return new Map([...merged].map(([name, one]) => [name, below(one, count)]));
}

const isFurther = (a: Settled, b: Settled): boolean =>
  a.seq !== b.seq ? a.seq > b.seq : a.until !== b.until ? a.until > b.until : (a.since ?? "") > (b.since ?? "");

/** A later count takes the sum away. One that would have to cut it in two was promised not to come. */
function below(one: Settled, count: StockCount | undefined): Settled {
  if (count === undefined || one.since === count.hlc) return one;
  if (absorbs(count, { hlc: one.until })) return { ...one, since: count.hlc, sums: new Map() };
  assert(one.since !== undefined && count.hlc < one.since, "no count comes at or before what was settled");
  return one;
}

const isSettled = (settled: StockState["settled"], { terminal, epoch, seq, hlc }: StockMovement): boolean => {
  const one = settled.get(journalName(terminal, epoch));
  return one !== undefined && seq <= one.seq && hlc <= one.until;
};

function settleJournal(state: StockState, name: JournalName, seq: Seq, until: HlcText): Settled {
  const before = state.settled.get(name);
  assert(before === undefined || (before.seq <= seq && before.until <= until), "what is stable only grows");
  const own = [...state.movements.values()].filter(
    (movement) => journalName(movement.terminal, movement.epoch) === name && movement.seq <= seq && movement.hlc <= until,
  );
  const sums = new Map(before?.sums);
  for (const movement of own) addTo(sums, movement.uom, movement.delta, movement.hlc);
  return { seq, until, since: state.count?.hlc, sums };
}

function sumsOf(state: StockState): Map<string, SettledSum> {
  const sums = new Map<string, SettledSum>();
  for (const one of state.settled.values()) for (const [uom, { sum, first }] of one.sums) addTo(sums, uom, sum, first);
  for (const { uom, delta, hlc } of state.movements.values()) addTo(sums, uom, delta, hlc);
  return sums;
}

function addTo(sums: Map<string, SettledSum>, uom: string, delta: Decimal, hlc: HlcText): void {
  const before = sums.get(uom);
  sums.set(
    uom,
    before === undefined
      ? { sum: sumDecimals([delta]), first: hlc }
      : { sum: sumDecimals([before.sum, delta]), first: before.first < hlc ? before.first : hlc },
  );
}
