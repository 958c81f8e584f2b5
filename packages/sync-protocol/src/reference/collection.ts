import { z } from "zod";
import { configurationFields } from "./documents/configuration.ts";
import { documentIdSchema } from "./documents/common.ts";
import { giftCardFields } from "./documents/gift-card.ts";
import { memberFields } from "./documents/member.ts";
import { orderFields } from "./documents/order.ts";
import { priceFields, wrongInPrice } from "./documents/price.ts";
import { productFields } from "./documents/product.ts";
import { quotaFields } from "./documents/quota.ts";
import { stockFields } from "./documents/stock.ts";
import { storeFields } from "./documents/store.ts";

/**
 * What flows down. The order is the order of the first load: what a till cannot sell without comes first, the long tail
 * last.
 */
export const collections = ["configuration", "stores", "quotas", "prices", "products", "orders", "giftcards", "members", "stock"] as const;
export type Collection = (typeof collections)[number];
export const collectionSchema = z.enum(collections);

/** A document as a service writes it: its key and its fields. */
export const documentSchemas = {
  configuration: z.strictObject({ id: documentIdSchema, ...configurationFields }),
  stores: z.strictObject({ id: documentIdSchema, ...storeFields }),
  quotas: z.strictObject({ id: documentIdSchema, ...quotaFields }),
  prices: z.strictObject({ id: documentIdSchema, ...priceFields }).superRefine((price, issues) => {
    const wrong = wrongInPrice(price);
    if (wrong !== undefined) issues.addIssue({ code: "custom", message: wrong });
  }),
  products: z.strictObject({ id: documentIdSchema, ...productFields }),
  orders: z.strictObject({ id: documentIdSchema, ...orderFields }),
  giftcards: z.strictObject({ id: documentIdSchema, ...giftCardFields }),
  members: z.strictObject({ id: documentIdSchema, ...memberFields }),
  stock: z.strictObject({ id: documentIdSchema, ...stockFields }),
} as const;

export type ReferenceDocument<C extends Collection = Collection> = z.infer<(typeof documentSchemas)[C]>;
export type Product = ReferenceDocument<"products">;
export type Price = ReferenceDocument<"prices">;
export type StockLevel = ReferenceDocument<"stock">;
export type Member = ReferenceDocument<"members">;
export type GiftCard = ReferenceDocument<"giftcards">;
export type HandOverOrder = ReferenceDocument<"orders">;
export type StoreDocument = ReferenceDocument<"stores">;
export type ConfigurationDocument = ReferenceDocument<"configuration">;
export type Quota = ReferenceDocument<"quotas">;

/** Version of each collection's shape. A change of shape adds an upcaster (`upcast.ts`) and moves it by one. */
export const SCHEMA_VERSIONS: Readonly<Record<Collection, number>> = {
  configuration: 1,
  stores: 1,
  quotas: 1,
  prices: 1,
  products: 1,
  orders: 1,
  giftcards: 1,
  members: 1,
  stock: 1,
};

/** Collections in which a store's own devices may change documents, with conflict detection. */
export const STORE_WRITABLE: ReadonlySet<Collection> = new Set<Collection>(["members", "orders"]);
