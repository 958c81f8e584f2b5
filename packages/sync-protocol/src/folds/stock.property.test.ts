import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeHlc, type HlcText } from "../clock/hlc.ts";
import { epoch, seq, terminalId } from "../ids.ts";
import { journalName } from "../journal/version-vector.ts";
import type { Decimal } from "../money/amount.ts";
import { sumDecimals } from "./decimals.ts";
import {
  absorbs,
  addCount,
  addMovement,
  compareCounts,
  mergeStock,
  NO_STOCK,
  settleStock,
  stockOnHand,
  type StockCount,
  type StockMovement,
  type StockState,
} from "./stock.ts";

const at = (ms: number): HlcText => encodeHlc({ ms, counter: 0 });
type Fact = { readonly count: StockCount } | { readonly movement: StockMovement };

/** Facts of three journals; some corrections moved goods earlier than the entries before them. Every entry is there once. */
const facts = fc
  .array(
    fc.record({
      terminal: fc.constantFrom("till-1", "till-2", "office"),
      ms: fc.integer({ min: 1, max: 20 }),
      amount: fc.integer({ min: -500, max: 500 }),
      isCount: fc.boolean(),
      isHeavy: fc.boolean(),
    }),
    { maxLength: 25 },
  )
  .map((drafts) =>
    drafts.map(({ terminal, ms, amount, isCount, isHeavy }, i): Fact => {
      const place = { terminal: terminalId(terminal), epoch: epoch(1), seq: seq(i + 1), hlc: at(ms), uom: isHeavy ? "KG" : "EA" };
      const figure = (isHeavy ? `${amount}.25` : String(amount)) as Decimal;
      return isCount && i % 5 === 0 ? { count: { ...place, quantity: figure } } : { movement: { ...place, delta: figure } };
    }),
  );

const add = (state: StockState, fact: Fact): StockState =>
  "count" in fact ? addCount(state, fact.count) : addMovement(state, fact.movement);
const fold = (list: readonly Fact[]): StockState => list.reduce(add, NO_STOCK);

/** What the facts mean, said without any fold. */
function expected(list: readonly Fact[]): unknown {
  const count = list
    .flatMap((fact) => ("count" in fact ? [fact.count] : []))
    .toSorted(compareCounts)
    .at(-1);
  const moved = list.flatMap((fact) => ("movement" in fact && !absorbs(count, fact.movement) ? [fact.movement] : []));
  const first = moved.toSorted((a, b) => (a.hlc === b.hlc ? (a.uom < b.uom ? -1 : 1) : a.hlc < b.hlc ? -1 : 1))[0];
  const uom = count?.uom ?? first?.uom;
  if (uom === undefined) return undefined;
  const deltas = moved.filter((one) => one.uom === uom).map((one) => one.delta);
  return { onHand: sumDecimals([...(count === undefined ? [] : [count.quantity]), ...deltas]), uom };
}

/** Everybody's state in one order, for comparisons. */
const plain = ({ count, movements, settled }: StockState): unknown => ({
  count,
  movements: [...movements].toSorted(([a], [b]) => (a < b ? -1 : 1)),
  settled: [...settled]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, one]) => [name, { ...one, sums: [...one.sums].toSorted(([a], [b]) => (a < b ? -1 : 1)) }]),
});

const withParts = facts.chain((list) =>
  fc.tuple(fc.constant(list), fc.array(fc.integer({ min: 1, max: 7 }), { minLength: list.length, maxLength: list.length })),
);
/** Fact i goes to those of three replicas whose bit is set: to one at least, to several for many. */
const partsOf = (list: readonly Fact[], places: readonly number[]): StockState[] =>
  [1, 2, 4].map((bit) => fold(list.filter((_, i) => ((places[i] ?? 0) & bit) !== 0)));

describe("stock", () => {
  test("is what the facts say, in any order and told twice", () => {
    fc.assert(
      fc.property(facts, fc.infiniteStream(fc.nat()), (list, dice) => {
        const shuffled = [...list, ...list].map((fact) => ({ fact, by: dice.next().value })).toSorted((a, b) => a.by - b.by);
        const state = fold(shuffled.map(({ fact }) => fact));
        expect(plain(state)).toEqual(plain(fold(list)));
        expect(stockOnHand(state)).toEqual(expected(list));
      }),
    );
  });

  test("merges in any grouping, order and number of times", () => {
    fc.assert(
      fc.property(withParts, ([list, places]) => {
        const [a = NO_STOCK, b = NO_STOCK, c = NO_STOCK] = partsOf(list, places);
        const whole = plain(fold(list));
        expect(plain(mergeStock(mergeStock(a, b), c))).toEqual(whole);
        expect(plain(mergeStock(a, mergeStock(c, b)))).toEqual(whole);
        expect(plain(mergeStock(mergeStock(c, a), mergeStock(mergeStock(b, a), c)))).toEqual(whole);
        expect(plain(mergeStock(a, a))).toEqual(plain(a));
      }),
    );
  });

  test("control: figures that are added instead of merged, and counts that win by arrival, are noticed", () => {
    const adding = (a: StockState, b: StockState): string =>
      sumDecimals([a, b].map((state) => stockOnHand(state)?.onHand ?? ("0" as Decimal)));
    const addsWrong = fc.check(
      fc.property(withParts, ([list, places]) => {
        const [a = NO_STOCK, b = NO_STOCK] = partsOf(
          list,
          places.map((place) => place & 3 || 1),
        );
        return adding(a, b) === (stockOnHand(fold(list))?.onHand ?? "0");
      }),
    );
    expect(addsWrong.failed).toBe(true);
    const lastWins = (list: readonly Fact[]): unknown =>
      stockOnHand(list.reduce((state, fact) => ("count" in fact ? { ...NO_STOCK, count: fact.count } : add(state, fact)), NO_STOCK));
    expect(fc.check(fc.property(facts, (list) => JSON.stringify(lastWins(list)) === JSON.stringify(expected(list)))).failed).toBe(true);
  });

  test("sums up what is old without a change of the figure, on every replica and beside those that have not", () => {
    fc.assert(
      fc.property(withParts, fc.integer({ min: 0, max: 21 }), ([list, places], horizon) => {
        const until = at(horizon);
        const old = list.filter((fact) => !("count" in fact) || fact.count.hlc <= until);
        const journals = new Map(["till-1", "till-2", "office"].map((name) => [journalName(terminalId(name), epoch(1)), seq(list.length)]));
        const settle = (state: StockState): StockState => settleStock(state, { journals, until });
        const [a = NO_STOCK] = partsOf(old, places);
        // One has all that is old; another has some of everything, counts that come later included.
        const settled = settle(fold(old));
        expect(stockOnHand(settled)).toEqual(stockOnHand(fold(old)));
        expect([...settled.movements.values()].every((one) => one.hlc > until)).toBe(true);
        const rest = fold(list.filter((fact) => "count" in fact || fact.movement.hlc > until));
        for (const together of [
          mergeStock(mergeStock(settled, a), rest),
          mergeStock(rest, mergeStock(a, settled)),
          list.reduce(add, settled),
        ])
          expect(stockOnHand(together)).toEqual(expected(list));
        expect(plain(settle(settled))).toEqual(plain(settled));
      }),
    );
  });

  test("control: a count that comes into what was settled is found, not folded wrongly", () => {
    const place = { terminal: terminalId("till-1"), epoch: epoch(1), uom: "EA" };
    const moved = [1, 5].reduce(
      (state, ms) => addMovement(state, { ...place, seq: seq(ms), hlc: at(ms), delta: "-1" as Decimal }),
      NO_STOCK,
    );
    const settled = settleStock(moved, { journals: new Map([[journalName(place.terminal, place.epoch), seq(5)]]), until: at(5) });
    const late: StockCount = { ...place, seq: seq(6), hlc: at(3), quantity: "10" as Decimal };
    expect(() => addCount(settled, late)).toThrow("assertion failed");
    expect(stockOnHand(addCount(moved, late))).toEqual({ onHand: "9", uom: "EA" });
    expect(stockOnHand(addCount(settled, { ...late, hlc: at(5) }))).toEqual({ onHand: "10", uom: "EA" });
  });
});
