import type { DeliveryItem } from "../../connector.ts";
import type { VendorSuite } from "../../testing/vendor-fake/run-vendor-contract-tests.ts";
import { makeScenarios, MEMBER, receipt, type Scenario } from "../../testing/vendor-fake/scenarios.ts";
import { virtualClock } from "../../testing/vendor-fake/virtual-clock.ts";
import { talonOneConfigSchema, type TalonOneConfig } from "../manifest.ts";
import { talonOne } from "../talon-one.ts";
import { expectedAtTalonOne, fakeTalonOne } from "./fake-talon-one.ts";

const config = (url: string, timeoutMs: number): TalonOneConfig =>
  talonOneConfigSchema.parse({
    url,
    timeoutMs,
    allowPrivateNetwork: true,
    secret: "integration-test",
    managementKey: "management-test",
    currency: "EUR",
    loyalty: { programId: 7 },
    mapping: { version: 1, stores: { "9": "store-9" } },
  });

const NOW = virtualClock().nowMs();

/** Goods of one article: sold, or come back from a sale. */
export const goods = (
  sequence: string,
  lines: readonly (readonly [string, number, number, DeliveryItem?])[],
  points: number,
): DeliveryItem => {
  const amounts = lines.map(([, units, each]) => units * each);
  const paid = amounts.reduce((sum, one) => sum + one, 0);
  const key = lines[0]?.[3]?.orderingKey;
  return receipt(
    {
      sequence,
      lines: lines.map(([itemId, units, , of], at) => ({
        line: at + 1,
        action: units < 0 ? "return" : "sale",
        itemType: "stock",
        itemId,
        quantity: { value: String(units), uom: "EA" },
        extendedAmount: String(amounts[at]),
        ...(of === undefined ? {} : { returnOf: of.transaction.identity }),
      })),
      tenders: [{ line: 90, type: "cash", use: paid < 0 ? "refund" : "sale", amount: String(paid) }],
      loyalty: { programme: "club", memberRef: MEMBER, pointsEarned: points, pointsRedeemed: 0 },
    },
    NOW,
    key === undefined ? {} : { orderingKey: key },
  );
};

// The same article at two prices, and prices that do not divide.
export const sale = goods(
  "61",
  [
    ["apple", 3, 125],
    ["apple", 2, 99],
    ["mug", 1, 1_500],
  ],
  20,
);
const other = goods("62", [["pot", 2, 1_200]], 24);
export const one = goods("63", [["apple", -1, 125, sale]], -1);
export const another = goods("64", [["apple", -1, 125, sale]], -1);
const cheap = goods("65", [["apple", -2, 99, sale]], -2);
const ofTwo = goods(
  "66",
  [
    ["mug", -1, 1_500, sale],
    ["pot", -1, 1_200, other],
  ],
  -27,
);

const [plain] = makeScenarios(NOW);
const more: Scenario[] = [
  ["two returns of the same article, one like the other", sale, one, another],
  ["a return of the same article at its other price", sale, one, cheap],
  ["a return of goods of two sales", sale, other, ofTwo],
].map(([name, ...items]) => ({ name: name as string, stranger: plain!.stranger, items: items as DeliveryItem[] }));

/** A return without a receipt and without a member is nothing to Talon.One. */
export const suite: VendorSuite<TalonOneConfig> = {
  connector: talonOne,
  start: fakeTalonOne,
  config,
  expected: expectedAtTalonOne,
  more,
  without: ["a return without a receipt"],
  hasKeys: false,
  disturbed: [
    "a sale with several tenders, two taxes, a discount and rounding",
    "a member's sale that earns and burns points",
    "an exchange",
    "a post-void of a return",
    "a revision of a member's sale",
    "two returns of the same article, one like the other",
    "a return of goods of two sales",
  ],
};
