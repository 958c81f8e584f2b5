import {
  checkBalance,
  computeTotals,
  naturalKey,
  transactionSchema,
  type RetailTransaction,
  type Transaction,
} from "@tillsync/sync-protocol";
import { deliveryIdentity } from "../../../destinations/delivery-identity.ts";
import type { DeliveryItem, EarlierReceipt } from "../../connector.ts";
import { makeItem } from "../../testing/make-item.ts";
import { trytonConfigSchema, type TrytonConfig } from "../manifest.ts";

/** A destination's own fields for the fake company of `fake-books.ts`. */
export const makeConfig = (over: object = {}): TrytonConfig =>
  trytonConfigSchema.parse({
    url: "http://127.0.0.1:9",
    allowPrivateNetwork: true,
    timeoutMs: 2_000,
    database: "erp",
    user: "tillsync",
    password: "secret",
    mapping: {
      version: 1,
      stores: { 9: "S1" },
      tenders: { cash: "Cash", card: "Card" },
      taxes: { 19: "VAT 19", 7: "VAT 7", none: "-" },
      accounts: { rounding: "ROUNDING" },
      customers: { "*": "WALK-IN" },
    },
    ...over,
  });

export interface LineWish {
  readonly item?: string;
  readonly quantity?: string;
  readonly uom?: string;
  /** Minor units, with the tax inside unless `exclusive`. */
  readonly amount: string;
  readonly rate?: string;
  readonly tax?: string;
  readonly exclusive?: true;
  readonly extra?: object;
}

/** A receipt in euro whose parts balance, paid as wished. */
export function makeReceipt(lines: readonly LineWish[], tenders: readonly object[], extra: object = {}, sequence = "1"): RetailTransaction {
  const parts = {
    lines: lines.map((line, at) => ({
      line: at + 1,
      action: line.quantity?.startsWith("-") === true ? "return" : "sale",
      itemType: "stock",
      itemId: line.item ?? "milk",
      quantity: { value: line.quantity ?? "1", uom: line.uom ?? "EA" },
      extendedAmount: line.amount,
      ...(line.rate === undefined
        ? {}
        : { taxes: [{ rate: line.rate, amount: line.tax ?? "0", includedInPrice: line.exclusive !== true }] }),
      ...line.extra,
    })),
    tenders: tenders.map((tender, at) => ({ line: 100 + at, type: "cash", use: "sale", ...tender })),
    reported: {},
    ...extra,
  };
  const draft = {
    schemaVersion: 1,
    transactionType: "RetailTransaction",
    identity: { store: "9", workstation: "31", businessDay: "2026-11-20", sequence },
    status: "completed",
    currency: "EUR",
    exponent: 2,
    computed: { lines: "0", adjustments: "0", exclusiveTax: "0", grand: "0", tenders: "0" },
    balance: { state: "ok" },
    ...parts,
  };
  const receipt = transactionSchema.parse(draft) as RetailTransaction;
  const computed = computeTotals(receipt);
  const reported = { grand: computed.grand, ...receipt.reported };
  return { ...receipt, computed, reported, balance: checkBalance({ ...receipt, reported }, computed) };
}

/** The item of a transaction; with what it takes back. */
export function itemOf(transaction: Transaction, over: Partial<DeliveryItem> = {}): DeliveryItem {
  const key = naturalKey(transaction.identity);
  const revision = over.revision ?? 1;
  return makeItem({ transaction, naturalKey: key, orderingKey: key, identity: deliveryIdentity(key, revision), ...over });
}

export const earlierOf = (item: DeliveryItem): EarlierReceipt => ({
  identity: item.identity,
  naturalKey: item.naturalKey,
  transaction: item.transaction,
});

/** Two rates, a discount on the whole, a cent that Tryton reckons otherwise, and two tenders with change. */
export const mixedSale = (): RetailTransaction =>
  makeReceipt(
    [
      { item: "milk", quantity: "3", amount: "387", rate: "7", tax: "25" },
      { item: "pan", amount: "2995", rate: "19", tax: "478" },
    ],
    [
      { type: "card", amount: "2000" },
      { type: "cash", amount: "1500" },
      { type: "cash", use: "change", amount: "-318" },
    ],
    { adjustments: [{ kind: "coupon", amount: "-200", included: false }] },
  );
