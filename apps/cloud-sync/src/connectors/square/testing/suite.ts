import { expectedDocuments, expectedPoints } from "../../testing/vendor-fake/expected-effects.ts";
import type { Scenario } from "../../testing/vendor-fake/scenarios.ts";
import { bookedValues, valueItem } from "../../testing/vendor-fake/value-item.ts";
import { virtualClock } from "../../testing/vendor-fake/virtual-clock.ts";
import type { VendorSuite } from "../../testing/vendor-fake/run-vendor-contract-tests.ts";
import { squareConfigSchema, type SquareConfig } from "../manifest.ts";
import { square } from "../square.ts";
import { fakeSquare, GIFT_ACCOUNT, GIFT_ID, GIFT_TRANSLATED } from "./fake-square.ts";

const config = (url: string, timeoutMs: number): SquareConfig =>
  squareConfigSchema.parse({
    url,
    timeoutMs,
    allowPrivateNetwork: true,
    secret: "square-test-token",
    lines: "catalog",
    loyalty: true,
    giftCards: { ids: { [GIFT_ACCOUNT]: GIFT_TRANSLATED }, instrument: "till" },
    mapping: {
      version: 1,
      stores: { "9": "LOCATION" },
      tenders: { cash: "CASH", "card:VISA": "CARD", giftCard: "OTHER_GIFT_CARD" },
      taxes: { "*": "VAT" },
      items: { by: "table", table: { "*": "VARIATION" } },
    },
  });

const NOW = virtualClock().nowMs();
const card = (id: string) => ({ kind: "giftCard" as const, id });
const stranger = valueItem({ sequence: "950", account: card(GIFT_ID), amount: "77" }, NOW);
const giftCards: readonly Scenario[] = [
  {
    name: "a gift card that is redeemed, topped up and redeemed again",
    stranger,
    items: [
      valueItem({ sequence: "951", account: card(GIFT_ID), amount: "2500" }, NOW),
      valueItem({ sequence: "952", account: card(GIFT_ID), kind: "toppedUp", amount: "1000" }, NOW),
      valueItem({ sequence: "954", account: card(GIFT_ID), amount: "8400" }, NOW),
    ],
  },
  {
    name: "a redemption that is refunded in part",
    stranger,
    items: [
      valueItem({ sequence: "955", account: card(GIFT_ACCOUNT), amount: "900" }, NOW),
      valueItem({ sequence: "956", account: card(GIFT_ACCOUNT), kind: "refunded", amount: "300", of: "r955" }, NOW),
    ],
  },
];

/** Square as it is tested: with everything that it can do switched on. */
export const suite: VendorSuite<SquareConfig> = {
  connector: square,
  start: fakeSquare,
  config,
  hasKeys: true,
  disturbed: [
    "a sale with several tenders, two taxes, a discount and rounding",
    "a return that names its sale and gives points back",
    "an exchange",
    "a post-void of a member's sale",
    "a revision of a member's sale",
    "a post-void of a return",
    ...giftCards.map(({ name }) => name),
  ],
  more: giftCards,
  expected: (items) => ({ documents: [...expectedDocuments(items), ...bookedValues(items)], points: expectedPoints(items) }),
};
