import { createHash } from "node:crypto";
import { ALL } from "@tillsync/sync-protocol";
import { SCOPES } from "./reference-till.ts";
import type { ModelReferenceCloud } from "./model-reference-cloud.ts";

export const [, STORE_SCOPE = ALL, TERMINAL_SCOPE = ALL] = SCOPES;

export const priceOf = (item: number, cents: number): Record<string, unknown> => ({
  itemId: `i${item}`,
  currency: "EUR",
  exponent: 2,
  amount: String(cents),
  uom: "EA",
  kind: "regular",
});

export const productOf = (item: number): Record<string, unknown> => ({
  gtins: [String(4_000_000_000_000 + item).padStart(14, "0")],
  description: `Article ${item} of the range, größer`,
  department: `d${item % 20}`,
  uom: "EA",
  status: "active",
  // Does not compress: chunks are as long as they would be in life.
  attributes: { mark: createHash("sha256").update(String(item)).digest("base64") },
});

/** Articles with prices, stock and a few of everything else. */
export function fillCloud(cloud: ModelReferenceCloud, items: number): void {
  cloud.put("configuration", ALL, "receipt.footer", { value: "Thank you" });
  cloud.put("stores", STORE_SCOPE, "S1", { name: "Shop", timeZone: "Europe/Berlin", currency: "EUR", pricesIncludeTax: true });
  for (let item = 0; item < items; item += 1) {
    cloud.put("prices", ALL, `p${item}`, priceOf(item, 100 + item));
    cloud.put("products", ALL, `i${item}`, productOf(item));
    if (item % 3 === 0) cloud.put("prices", STORE_SCOPE, `s${item}`, priceOf(item, 90 + item));
    if (item % 5 === 0)
      cloud.put("stock", STORE_SCOPE, `S1:i${item}`, { storeId: "S1", itemId: `i${item}`, uom: "EA", onHand: "12", included: {} });
  }
  cloud.put("members", ALL, "m1", { tier: "gold", state: "active" });
}
