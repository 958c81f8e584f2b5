import type { RetailTransaction } from "@tillsync/sync-protocol";
import { expect, test } from "vitest";
import { receipt } from "../testing/vendor-fake/scenarios.ts";
import { netTenders } from "./net-tenders.ts";
import { saleParts, sum } from "./sale-parts.ts";
import { shareExtras } from "./share-extras.ts";

const line = (n: number, itemId: string, amount: string, quantity: string, more: object = {}): object => ({
  line: n,
  action: amount.startsWith("-") ? "return" : "sale",
  itemType: "stock",
  itemId,
  quantity: { value: quantity, uom: "EA" },
  extendedAmount: amount,
  ...more,
});
const tender = (type: string, amount: string, more: object = {}): object => ({ line: 90, type, use: "sale", amount, ...more });
const of = (lines: object[], tenders: object[], more: object = {}): RetailTransaction =>
  receipt({ sequence: "1", lines, tenders, ...more }, 0).transaction as RetailTransaction;

test("a void takes its line with it, a part of it, or is left over where it names nothing", () => {
  const parts = saleParts(
    of(
      [
        line(1, "tea", "300", "3"),
        line(2, "pie", "500", "1"),
        line(3, "tea", "-100", "-1", { action: "void", voidsLine: 1 }),
        line(4, "pie", "-500", "-1", { action: "void" }),
        line(5, "jam", "-70", "-1", { action: "void" }),
      ],
      [tender("cash", "130")],
    ),
  );
  expect(parts.sold.map(({ line: { itemId }, quantity, gross }) => [itemId, quantity, gross])).toEqual([["tea", "2", 200n]]);
  expect(parts.extras).toEqual([{ label: "void", amount: -70n }]);
  expect(parts.grand).toBe(130n);
});

test("sold less returned plus extras is the printed total, also where the parts do not explain it", () => {
  const transaction = of(
    [line(1, "a", "1000", "1", { taxes: [{ amount: "88", includedInPrice: false }] }), line(2, "b", "-300", "-1")],
    [tender("cash", "788")],
    { adjustments: [{ kind: "manual", amount: "-50", included: false }], rounding: { amount: "2", basis: "total" } },
  );
  const printed = { ...transaction, reported: { ...transaction.reported, grand: "745" } } as RetailTransaction;
  const { sold, returned, extras, grand } = saleParts(printed);
  expect(grand).toBe(745n);
  expect(sum(sold.map(({ gross }) => gross)) - sum(returned.map(({ gross }) => gross)) + sum(extras.map(({ amount }) => amount))).toBe(
    745n,
  );
  expect(extras).toContainEqual({ label: "difference", amount: 5n });
});

test("change is set off against its tender, and tips stand apart", () => {
  const tenders = [tender("cash", "2000"), tender("cash", "-500", { use: "change" }), tender("card", "1100", { tip: "100" })];
  expect(netTenders(of([line(1, "a", "2500", "1")], tenders), ({ type }) => type.toUpperCase())).toEqual([
    { code: "CASH", label: "cash", amount: 1500n, tip: 0n },
    { code: "CARD", label: "card", amount: 1000n, tip: 100n },
  ]);
});

test.each<[bigint[], bigint, bigint[] | undefined]>([
  [[100n, 100n, 100n], -100n, [66n, 67n, 67n]],
  [[1n, 2n], 4n, [3n, 4n]],
  [[0n, 0n], 5n, [5n, 0n]],
  [[10n], -10n, [0n]],
  [[10n], -11n, undefined],
  [[], 0n, []],
  [[], 1n, undefined],
])("%s with %s shared out", (amounts, extras, shared) => {
  const result = shareExtras(amounts, extras);
  if (shared === undefined) expect(result).toBeUndefined();
  else {
    expect(sum(result ?? [])).toBe(sum(amounts) + extras);
    expect(result?.every((amount) => amount >= 0n)).toBe(true);
    expect(result).toEqual(shared);
  }
});
