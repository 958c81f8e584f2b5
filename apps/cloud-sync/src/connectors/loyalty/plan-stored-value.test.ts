import { expect, test } from "vitest";
import { valueItem } from "../testing/vendor-fake/value-item.ts";
import { MEMBER, makeScenarios } from "../testing/vendor-fake/scenarios.ts";
import { squareConfigSchema } from "../square/manifest.ts";
import { planItem as planSquare } from "../square/map.ts";
import { voucherifyConfigSchema } from "../voucherify/manifest.ts";
import { planItem as planVoucherify } from "../voucherify/map.ts";
import type { DeliveryItem } from "../connector.ts";
import type { PointsMovement } from "./plan-movements.ts";
import { planStoredValue } from "./plan-stored-value.ts";

const NOW = Date.UTC(2026, 10, 20, 9);
/** The member pays with points: the POS says it on the receipt, and the agent in the redemption. */
const receipt = makeScenarios(NOW).find(({ name }) => name === "a member's sale that earns and burns points")?.items[0] as DeliveryItem;
const redemption = valueItem({ sequence: "1", account: { kind: "points", id: MEMBER }, amount: "40", unit: "points" }, NOW);

const mapping = { version: 1, stores: { "*": "S" }, tenders: { "*": "CASH" }, taxes: { "*": "T" } };
const engines = {
  voucherify: (pointsFrom: string) => {
    const config = voucherifyConfigSchema.parse({ appId: "a", secret: "s", currency: "EUR", loyaltyCampaignId: "c", pointsFrom, mapping });
    return (item: DeliveryItem) => planVoucherify(item, config);
  },
  square: (pointsFrom: string) => {
    const config = squareConfigSchema.parse({ secret: "0123456789", loyalty: true, pointsFrom, mapping });
    return (item: DeliveryItem) => planSquare(item, config);
  },
};

test.each(["voucherify", "square"] as const)("%s burns points from one source alone, whichever it believes", (name) => {
  const burns = (pointsFrom: string): [PointsMovement[], PointsMovement[]] => {
    const plan = engines[name](pointsFrom);
    const movements = (item: DeliveryItem): PointsMovement[] => {
      const planned = plan(item);
      return planned.kind === "plan" ? [...planned.plan.movements] : [];
    };
    return [movements(receipt), movements(redemption)];
  };
  const roles = (movements: readonly PointsMovement[]): string[] => movements.map(({ role }) => role).toSorted();
  const [byReceipt, nothing] = burns("receipts");
  expect([roles(byReceipt), nothing]).toEqual([["accrue", "burn"], []]);
  const [earnings, byRedemption] = burns("stored-value");
  expect([roles(earnings), roles(byRedemption)]).toEqual([["accrue"], ["burn"]]);
  expect(byRedemption).toMatchObject([{ member: MEMBER, points: 40 }]);
});

test("what is no movement of a customer's is nothing, and what was revised is refused", () => {
  const gift = { kind: "giftCard" as const, id: "g" };
  const plan = (item: DeliveryItem) => planStoredValue(item, { points: "stored-value" }).kind;
  expect(plan(valueItem({ sequence: "2", account: gift, kind: "returned", amount: "1" }, NOW))).toBe("nothing");
  expect(plan(valueItem({ sequence: "3", account: { kind: "stock", id: "S001:A" }, unit: "EA", amount: "1000" }, NOW))).toBe("nothing");
  expect(plan(valueItem({ sequence: "4", account: gift, amount: "1" }, NOW, { revision: 2 }))).toBe("rejected");
  expect(plan(receipt)).toBe("nothing");
});

test("square parks money that is loaded without an instrument to name", () => {
  const config = squareConfigSchema.parse({ secret: "0123456789", giftCards: {}, mapping });
  const topUp = valueItem({ sequence: "5", account: { kind: "giftCard", id: "g" }, kind: "toppedUp", amount: "1" }, NOW);
  expect(planSquare(topUp, config)).toMatchObject({ kind: "rejected", detail: expect.stringContaining("instrument") });
});
