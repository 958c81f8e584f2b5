import type { SendResult } from "../connector.ts";
import type { MappedDocument } from "./mapped.ts";
import { settleSale } from "./settle-sale.ts";
import { settleStock } from "./settle-stock.ts";
import type { Steps } from "./steps.ts";

/** Brings all documents of an item to their end, one after the other, in their order: first what is taken back. */
export async function settle(steps: Steps, documents: readonly MappedDocument[]): Promise<SendResult> {
  const known = await steps.resolver.resolve(documents);
  let vendorId: string | undefined;
  for (const document of documents) {
    if (document.document === "sale") {
      const sale = await settleSale(steps, document, known);
      if (sale !== undefined) vendorId = `sale.sale,${sale.id}`;
    } else {
      const moved = await settleStock(steps, document, known);
      if (moved !== undefined) vendorId = `${moved.model},${moved.id}`;
    }
  }
  return vendorId === undefined ? NOTHING_TO_TAKE_BACK : { kind: "delivered", vendorId };
}

export const NOTHING_TO_TAKE_BACK = { kind: "nothing", reason: "what it takes back does not stand in Tryton" } as const;
