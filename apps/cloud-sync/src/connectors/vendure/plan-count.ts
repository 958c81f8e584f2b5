import type { Transaction } from "@tillsync/sync-protocol";
import { toSteps, wholeUnits } from "./quantities.ts";
import type { Translation } from "../mapping/translate.ts";

type InventoryTransaction = Extract<Transaction, { transactionType: "Inventory" }>;

/** Stock on hand that a count found in one store. */
export interface CountPlan {
  readonly reference: string;
  /** Grows along a store's transactions: an older count never replaces a newer one. */
  readonly tpos: number;
  readonly store: string;
  readonly levels: readonly { readonly sku: string; readonly onHand: number }[];
  /** Counted by weight: Vendure keeps whole units. */
  readonly leftOut: readonly string[];
}

/** The count of a receipt; several counts of one article are one sum. */
export function planCount(
  { reference, tpos }: { reference: string; tpos: number },
  { identity, inventory }: InventoryTransaction,
  translation: Translation,
): CountPlan {
  const sums = new Map<string, bigint>();
  for (const { itemId, quantity } of inventory.items) {
    const sku = translation.item({ itemId });
    sums.set(sku, (sums.get(sku) ?? 0n) + toSteps(quantity.value));
  }
  const whole = [...sums].map(([sku, steps]) => ({ sku, onHand: wholeUnits(steps) }));
  return {
    reference,
    tpos,
    store: translation.store(identity.store),
    levels: whole.flatMap(({ sku, onHand }) => (onHand === undefined ? [] : [{ sku, onHand: Number(onHand) }])),
    leftOut: whole.flatMap(({ sku, onHand }) => (onHand === undefined ? [sku] : [])),
  };
}
