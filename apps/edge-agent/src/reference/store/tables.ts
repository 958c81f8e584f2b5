import { accountKey, collections, type Account, type Collection, type WireDocument } from "@tillsync/sync-protocol";

/** What is projected from a document, beside what all have. */
export interface CollectionTable {
  readonly collection: Collection;
  readonly table: string;
  readonly columns: readonly string[];
  /** Values of `columns`, in their order. A field of another shape than expected is no key: `null`. */
  readonly project: (document: WireDocument) => readonly (string | null)[];
}

const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
const plain = (collection: Collection): CollectionTable => ({
  collection,
  table: `ref_${collection}`,
  columns: [],
  project: () => [],
});
const byItem = (collection: Collection): CollectionTable => ({
  collection,
  table: `ref_${collection}`,
  columns: ["item_id"],
  project: (document) => [text(document["itemId"])],
});

const TABLES: Readonly<Record<Collection, CollectionTable>> = {
  configuration: plain("configuration"),
  stores: plain("stores"),
  giftcards: plain("giftcards"),
  members: plain("members"),
  products: { ...plain("products"), columns: ["gtin"], project: (document) => [gtinsOf(document)[0] ?? null] },
  prices: byItem("prices"),
  stock: byItem("stock"),
  quotas: { ...plain("quotas"), columns: ["account"], project: (document) => [accountOf(document["account"])] },
  orders: {
    ...plain("orders"),
    columns: ["order_id", "status", "pickup_code"],
    project: (document) => [text(document["orderId"]), text(document["status"]), text(document["pickupCode"])],
  },
};

export const tableOf = (collection: Collection): CollectionTable => TABLES[collection];
export const ALL_TABLES: readonly CollectionTable[] = collections.map(tableOf);

const NONE: readonly string[] = [];

/** A product's codes: the first stands in its row, the others in the table beside it. */
export function gtinsOf(document: Readonly<Record<string, unknown>>): readonly string[] {
  const gtins = document["gtins"];
  if (!Array.isArray(gtins)) return NONE;
  return gtins.every((gtin) => typeof gtin === "string") ? gtins : gtins.filter((gtin) => typeof gtin === "string");
}

function accountOf(value: unknown): string | null {
  const { kind, id } = (typeof value === "object" && value !== null ? value : {}) as Partial<Account>;
  return typeof kind === "string" && typeof id === "string" ? accountKey({ kind, id }) : null;
}
