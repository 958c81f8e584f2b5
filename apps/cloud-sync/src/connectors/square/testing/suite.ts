import type { VendorSuite } from "../../testing/vendor-fake/run-vendor-contract-tests.ts";
import { squareConfigSchema, type SquareConfig } from "../manifest.ts";
import { square } from "../square.ts";
import { fakeSquare } from "./fake-square.ts";

const config = (url: string, timeoutMs: number): SquareConfig =>
  squareConfigSchema.parse({
    url,
    timeoutMs,
    allowPrivateNetwork: true,
    secret: "square-test-token",
    lines: "catalog",
    loyalty: true,
    mapping: {
      version: 1,
      stores: { "9": "LOCATION" },
      tenders: { cash: "CASH", "card:VISA": "CARD", giftCard: "OTHER_GIFT_CARD" },
      taxes: { "*": "VAT" },
      items: { by: "table", table: { "*": "VARIATION" } },
    },
  });

/** Square as it is tested: with everything that it can do switched on. */
export const suite: VendorSuite<SquareConfig> = { connector: square, start: fakeSquare, config, hasKeys: true };
