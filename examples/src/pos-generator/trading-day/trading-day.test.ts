import {
  countsAsSale,
  isRetail,
  moveOrder,
  naturalKey,
  orderingKey,
  orderKey,
  orderSteps,
  type OrderStatus,
  type RetailTransaction,
  type Transaction,
} from "@tillsync/sync-protocol";
import { describe, expect, test } from "vitest";
import { ASSORTMENT, dayKinds, MEMBERS, NEW_MEMBERS, openingPoints, ORDER_SYSTEM, TAX_RATES, TENDERS, tradingDay } from "./index.ts";

const day = tradingDay({ seed: "test", sales: 200 });
const retail = (t: Transaction): RetailTransaction => t as RetailTransaction;
const total = (amounts: readonly string[]): string => amounts.reduce((sum, amount) => sum + BigInt(amount), 0n).toString();

describe("a trading day", () => {
  test("is the same again for the same options, and another one for another seed", () => {
    expect(tradingDay({ seed: "test", sales: 200 })).toEqual(day);
    expect(tradingDay({ seed: "other", sales: 200 }).expected.gross).not.toBe(day.expected.gross);
  });

  test.each([60, 61, 62, 63, 64])("of 60 sales has exactly those, and every other kind besides (seed %i)", (seed) => {
    const { byKind } = tradingDay({ seed, sales: 60 }).expected;
    expect(byKind.sale.count).toBe(60);
    for (const kind of [...dayKinds, "revision" as const]) expect(byKind[kind].count, kind).toBeGreaterThan(0);
  });

  test("has receipts that balance to the cent, with prices that hold the tax and prices that do not", () => {
    const counted = day.entries.map((entry) => entry.transaction).filter(countsAsSale);
    for (const t of counted) expect(t.balance, naturalKey(t.identity)).toEqual({ state: "ok" });
    const included = counted.flatMap((t) => t.lines.flatMap((line) => line.taxes ?? []).map((tax) => tax.includedInPrice));
    expect(new Set(included)).toEqual(new Set([true, false]));
  });

  test("tells the taxes of its lines once more by rate, to the same cent", () => {
    for (const t of day.entries.map((entry) => entry.transaction).filter(isRetail))
      for (const rate of TAX_RATES) {
        const own = (taxes: RetailTransaction["taxes"] = []): string[] =>
          taxes.filter((tax) => tax.rate === rate).map((tax) => tax.amount as string);
        expect(total(own(t.taxes))).toBe(total(t.lines.flatMap((line) => own(line.taxes))));
      }
  });

  test("uses the closed assortment, its tenders and its members alone, and all of them", () => {
    const receipts = day.entries.map((entry) => entry.transaction).filter(countsAsSale);
    const items = new Map(ASSORTMENT.map((item) => [item.itemId, item.gtin]));
    for (const line of receipts.flatMap((t) => t.lines)) expect(items.get(line.itemId)).toBe(line.gtin);
    expect(new Set(receipts.flatMap((t) => t.lines.map((line) => line.itemId)))).toEqual(new Set(items.keys()));
    expect(new Set(receipts.flatMap((t) => t.tenders.map((tender) => tender.type)))).toEqual(new Set(TENDERS));
    const shopped = new Set(receipts.flatMap((t) => t.loyalty?.memberRef ?? []));
    expect(shopped.size).toBeGreaterThan(10);
    for (const ref of shopped) expect([...MEMBERS, ...NEW_MEMBERS]).toContain(ref);
  });
});

describe("what is taken back", () => {
  const before = (at: number, key: string): readonly Transaction[] =>
    day.entries.slice(0, at).flatMap((entry) => (entry.naturalKey === key ? [entry.transaction] : []));

  test("a return names a line that was sold before, once, and gives back what was paid for it", () => {
    const seen = new Set<string>();
    for (const [at, { kind, revision, transaction }] of day.entries.entries()) {
      if ((kind !== "return" && kind !== "exchange") || revision > 1) continue;
      for (const line of retail(transaction).lines.filter((one) => one.action === "return")) {
        const key = orderingKey(transaction);
        const sold = before(at, key).map((t) => retail(t).lines.find((one) => one.line === line.returnOf?.line));
        expect(sold.map((one) => `-${one?.extendedAmount ?? ""}`)).toContain(line.extendedAmount);
        expect(seen.has(`${key}/${line.returnOf?.line ?? 0}`)).toBe(false);
        seen.add(`${key}/${line.returnOf?.line ?? 0}`);
      }
    }
    expect(seen.size).toBeGreaterThan(10);
  });

  test("a post-void reverses the latest state of a receipt that was told before it, and nothing touches that one again", () => {
    for (const [at, { kind, transaction }] of day.entries.entries()) {
      const { voids } = retail(transaction);
      if (kind !== "postVoid" || voids === undefined) continue;
      const key = naturalKey(voids);
      const latest = before(at, key).at(-1);
      expect(BigInt(retail(transaction).computed.grand)).toBe(-BigInt(retail(latest ?? transaction).computed.grand));
      for (const later of day.entries.slice(at + 1).map((entry) => entry.transaction)) expect(orderingKey(later)).not.toBe(key);
    }
  });

  test("a later revision has the key of an earlier one, the next number, and another content", () => {
    const revised = day.entries.filter((entry) => entry.revision > 1);
    expect(revised.length).toBeGreaterThan(3);
    for (const entry of revised) {
      const earlier = before(day.entries.indexOf(entry), entry.naturalKey);
      expect(earlier).toHaveLength(entry.revision - 1);
      expect(earlier.at(-1)).not.toEqual(entry.transaction);
    }
  });
});

describe("what is expected", () => {
  /** The same books, kept by another rule: the latest revision of every receipt that counts, voids among them. */
  const latest = new Map(day.entries.map((entry) => [entry.naturalKey, entry.transaction]));
  const counted = [...latest.values()].filter(countsAsSale);
  const { books, points, gross } = day.expected;

  test("is the sum of all latest receipts that count, voids included", () => {
    expect(books.net).toBe(total(counted.map((t) => t.computed.grand)));
    expect(gross).toBe(`${books.net.slice(0, -2)}.${books.net.slice(-2)}`);
    expect(books.net).toBe(total(books.standing.map((receipt) => receipt.grand)));
    expect(BigInt(books.net)).toBe(BigInt(books.posted.grand) - BigInt(books.reversed.grand));
    expect(books.standing).toHaveLength(books.posted.count - books.reversed.count);
  });

  test("is paid for by its tenders", () => {
    expect(total(Object.values(books.byTender))).toBe(books.net);
    for (const type of TENDERS)
      expect(books.byTender[type]).toBe(
        total(counted.flatMap((t) => t.tenders.filter((tender) => tender.type === type)).map((tender) => tender.amount)),
      );
  });

  test("is what the tills' own Z reports add up to", () => {
    const reports = day.entries.flatMap(({ transaction: t }) => (t.transactionType === "Control" ? (t.control.totals ?? []) : []));
    expect(reports).toHaveLength(2);
    expect(total(reports.map((totals) => totals.grand ?? "0"))).toBe(books.net);
    expect(reports.reduce((sum, totals) => sum + (totals.count ?? 0), 0)).toBe(books.standing.length);
  });

  test("leaves members with what they had, earned and did not spend; no order of movements takes them below zero", () => {
    for (const ref of [...MEMBERS, ...NEW_MEMBERS]) {
      const own = counted.flatMap((t) => (t.loyalty?.memberRef === ref ? [t.loyalty] : []));
      const sum = (of: "pointsEarned" | "pointsRedeemed"): number => own.reduce((all, loyalty) => all + (loyalty[of] ?? 0), 0);
      expect(points[ref]?.balance).toBe(openingPoints(ref) + sum("pointsEarned") - sum("pointsRedeemed"));
      expect(own.reduce((all, loyalty) => all + Math.max(0, loyalty.pointsRedeemed ?? 0), 0)).toBeLessThanOrEqual(openingPoints(ref));
    }
  });
});

describe("orders and members", () => {
  const large = tradingDay({ seed: "orders", sales: 600 });
  const states = new Map<string, OrderStatus>();
  const sent = new Map<string, number>();
  let late = 0;
  for (const step of large.entries.flatMap((entry) => orderSteps(entry.transaction))) {
    const move = moveOrder(states.get(step.key), step);
    if (move.kind === "applied") {
      states.set(step.key, step.status);
      if (!step.byReceipt) sent.set(step.key, (sent.get(step.key) ?? 0) + 1);
    } else if (move.kind === "forbidden") throw new Error(`${step.key}: ${move.reason}`);
    else if (!step.byReceipt) late += 1;
  }

  test("orders stand where they are expected, by the rules of their lifecycle, and some were told late", () => {
    const { orders } = large.expected;
    expect(states.size).toBe(Object.keys(orders).length);
    for (const [orderId, order] of Object.entries(orders)) {
      const key = orderKey({ orderId, system: ORDER_SYSTEM });
      expect([states.get(key), sent.get(key) ?? 0], orderId).toEqual([order.status, order.sent]);
    }
    expect(new Set(Object.values(orders).map((order) => order.status)).size).toBeGreaterThan(3);
    expect(late).toBeGreaterThan(0);
  });

  test("whoever joins shops as a member only after that; one leaves at the end", () => {
    const joined = new Map<string, number>();
    for (const [at, { transaction: t }] of large.entries.entries())
      if (t.transactionType === "MemberChange" && t.memberChange.kind === "enrolled") joined.set(t.memberChange.memberRef, at);
    expect([...joined.keys()]).toEqual(NEW_MEMBERS);
    for (const [at, { transaction: t }] of large.entries.entries()) {
      const ref = isRetail(t) ? t.loyalty?.memberRef : undefined;
      if (ref !== undefined && joined.has(ref)) expect(at).toBeGreaterThan(joined.get(ref) ?? Number.NaN);
    }
    expect(Object.values(large.expected.members).filter((member) => member.kind === "left")).toHaveLength(1);
  });
});
