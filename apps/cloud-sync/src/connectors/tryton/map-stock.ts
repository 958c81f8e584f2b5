import type { Transaction } from "@tillsync/sync-protocol";
import { startTranslation } from "../mapping/translate.ts";
import { exact, negateText } from "./decimals.ts";
import type { TrytonConfig } from "./manifest.ts";
import { REVERSAL } from "../documents/plan-documents.ts";
import type { MappedDocument, MappedGoods } from "./mapped.ts";

type InventoryTransaction = Extract<Transaction, { transactionType: "Inventory" }>;
type Translation = ReturnType<typeof startTranslation>;

/** Ends the reference of the half of a movement that brings goods in. */
const INWARD = "-i";

/**
 * A count as Tryton's inventory; any other movement as internal shipments, one for each direction. Undefined: a kind whose
 * other end nobody named.
 */
export function mapStock(
  identity: string,
  transaction: InventoryTransaction,
  translation: Translation,
  config: TrytonConfig,
): MappedDocument[] | undefined {
  const { kind, items } = transaction.inventory;
  const common = { warehouse: translation.store(transaction.identity.store), day: transaction.identity.businessDay };
  const goods = items.map((item): MappedGoods => ({
    product: translation.item(item),
    quantity: item.quantity.value,
    unit: config.units[item.quantity.uom],
  }));
  if (kind === "count") return [{ document: "count", reference: identity, ...common, goods }];
  const counterLocation = config.stockLocations[kind];
  if (counterLocation === undefined && ["receiving", "transferIn", "transferOut"].includes(kind)) return undefined;
  const out = goods.filter((one) => exact(one.quantity).digits < 0n).map((one) => ({ ...one, quantity: negateText(one.quantity) }));
  const into = goods.filter((one) => exact(one.quantity).digits > 0n);
  const movement = { document: "movement", ...common, counterLocation, reverses: undefined } as const;
  return [
    ...(out.length === 0 ? [] : [{ ...movement, reference: identity, direction: "out" as const, goods: out }]),
    ...(into.length === 0 ? [] : [{ ...movement, reference: identity + INWARD, direction: "in" as const, goods: into }]),
  ];
}

/** Takes movements back: the same goods the other way. What was counted stays counted. */
export const turnMovements = (documents: readonly MappedDocument[]): MappedDocument[] =>
  documents.flatMap((document) =>
    document.document === "movement"
      ? [
          {
            ...document,
            reference: document.reference + REVERSAL,
            reverses: document.reference,
            direction: document.direction === "in" ? ("out" as const) : ("in" as const),
          },
        ]
      : [],
  );
