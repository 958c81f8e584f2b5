import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeHlc } from "../clock/hlc.ts";
import { epoch, seq, terminalId } from "../ids.ts";
import type { Decimal } from "../money/amount.ts";
import type { StockLevel } from "../reference/collection.ts";
import { sumDecimals } from "./decimals.ts";
import { addCount, addMovement, NO_STOCK, stockOnHand } from "./stock.ts";
import { stockAtTill, type OwnStockFact } from "./stock-at-till.ts";

const till = terminalId("till-1");
const other = terminalId("till-2");
const hlc = (ms: number) => encodeHlc({ ms, counter: 0 });

/** A day of two tills, fact by fact in the order of time; some are counts. */
const day = fc.array(fc.record({ own: fc.boolean(), isCount: fc.boolean(), amount: fc.integer({ min: -9, max: 9 }) }), { maxLength: 20 });
type Day = readonly { readonly own: boolean; readonly isCount: boolean; readonly amount: number }[];

/** The level that the cloud makes of all of the other's facts and the first `heard` of the till's own. */
function levelAfter(facts: Day, heard: number): StockLevel | undefined {
  let [state, own, last] = [NO_STOCK, 0, 0];
  for (const [i, fact] of facts.entries()) {
    if (fact.own) own += 1;
    if (fact.own && own > heard) continue;
    const place = { terminal: fact.own ? till : other, epoch: epoch(1), seq: seq(i + 1), hlc: hlc(i + 1), uom: "EA" };
    if (fact.own) last = i + 1;
    state = fact.isCount
      ? addCount(state, { ...place, quantity: String(Math.abs(fact.amount)) as Decimal })
      : addMovement(state, { ...place, delta: String(fact.amount) as Decimal });
  }
  const level = stockOnHand(state);
  const countedAt = state.count?.hlc;
  return (
    level && {
      id: "S1:apple",
      storeId: "S1" as StockLevel["storeId"],
      itemId: "apple",
      ...level,
      ...(countedAt === undefined ? {} : { countedAt }),
      included: last === 0 ? {} : { [till]: { epoch: epoch(1), seq: seq(last) } },
    }
  );
}
const ownFacts = (facts: Day): OwnStockFact[] =>
  facts.flatMap(({ own, isCount, amount }, i) =>
    own
      ? [
          {
            kind: isCount ? ("count" as const) : ("movement" as const),
            epoch: epoch(1),
            seq: seq(i + 1),
            hlc: hlc(i + 1),
            uom: "EA",
            quantity: String(isCount ? Math.abs(amount) : amount) as Decimal,
          },
        ]
      : [],
  );
const onlyMoves = (facts: Day): Day => facts.map((fact) => ({ ...fact, isCount: false }));

describe("what a till shows", () => {
  test("is the whole truth whatever part of its journal the cloud has heard, while only others count", () => {
    fc.assert(
      fc.property(day, fc.nat({ max: 20 }), (facts, heard) => {
        const list = facts.map((fact) => ({ ...fact, isCount: fact.isCount && !fact.own }));
        const shown = stockAtTill(levelAfter(list, heard), till, ownFacts(list));
        expect(shown?.onHand).toBe(levelAfter(list, list.length)?.onHand);
      }),
    );
  });

  test("control: adding all of its own to the figure counts twice, and is noticed", () => {
    const naive = (level: StockLevel | undefined, facts: Day): string =>
      sumDecimals([level?.onHand ?? ("0" as Decimal), ...ownFacts(facts).map((fact) => fact.quantity)]);
    const held = fc.check(
      fc.property(day, fc.nat({ max: 20 }), (facts, heard) => {
        const list = onlyMoves(facts);
        return naive(levelAfter(list, heard), list) === (levelAfter(list, list.length)?.onHand ?? "0");
      }),
    );
    expect(held.failed).toBe(true);
  });

  test("takes its own count at once, and its own sales after it; the cloud's later figure takes over", () => {
    const level = levelAfter([{ own: false, isCount: false, amount: 5 }], 0);
    const fact = { epoch: epoch(1), uom: "EA" } as const;
    const count: OwnStockFact = { ...fact, kind: "count", seq: seq(2), hlc: hlc(4), quantity: "10" as Decimal };
    const before: OwnStockFact = { ...fact, kind: "movement", seq: seq(1), hlc: hlc(3), quantity: "-1" as Decimal };
    const after: OwnStockFact = { ...fact, kind: "movement", seq: seq(3), hlc: hlc(5), quantity: "-2" as Decimal };
    expect(stockAtTill(level, till, [after, count, before])).toEqual({ onHand: "8", uom: "EA" });
    const later = { ...(level as StockLevel), onHand: "6" as Decimal, countedAt: hlc(9) };
    expect(stockAtTill(later, till, [after, count, before])).toEqual({ onHand: "6", uom: "EA" });
  });

  test("knows a record that was carried over into a new life of the journal by its first place", () => {
    const level = { onHand: "4" as Decimal, uom: "EA", included: { [till]: { epoch: epoch(1), seq: seq(7) } } };
    const carried = (from: number): OwnStockFact => ({
      kind: "movement",
      epoch: epoch(2),
      seq: seq(2),
      hlc: hlc(3),
      uom: "EA",
      quantity: "-1" as Decimal,
      carriedFrom: { epoch: epoch(1), seq: seq(from) },
    });
    expect(stockAtTill(level, till, [carried(7)])?.onHand).toBe("4");
    expect(stockAtTill(level, till, [carried(8)])?.onHand).toBe("3");
  });

  test("says nothing of what nobody knows, and leaves out what is in another unit", () => {
    expect(stockAtTill(undefined, till, [])).toBeUndefined();
    const heavy: OwnStockFact = { kind: "movement", epoch: epoch(1), seq: seq(1), hlc: hlc(1), uom: "KG", quantity: "-0.5" as Decimal };
    expect(stockAtTill(undefined, till, [heavy])).toEqual({ onHand: "-0.5", uom: "KG" });
    expect(stockAtTill({ onHand: "4" as Decimal, uom: "EA", included: {} }, till, [heavy])?.onHand).toBe("4");
  });
});
