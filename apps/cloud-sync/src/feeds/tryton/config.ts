import { currencySchema, decimalSchema, posIdSchema, scopeSchema, storeIdSchema } from "@tillsync/sync-protocol";
import { z } from "zod";
import { addressShape, isEncryptedOrPrivate, PLAIN_HTTP } from "../../connectors/http/address.ts";
import { trytonShape } from "../../connectors/tryton/manifest.ts";

const name = z.string().min(1).max(200);
/** Price lists and stores of one feed; each costs a request for every page of products. */
const ENTRIES_MAX = 200;

/** One price of each product: for whom, in what money, and how its amount follows from Tryton's. */
const priceSchema = z.strictObject({
  scope: scopeSchema,
  currency: currencySchema,
  /** Name of a price list of Tryton; without it the product's list price counts. */
  priceList: name.optional(),
  customerGroup: posIdSchema.optional(),
  /** `add`: Tryton's price is net and a till's is not. `none`: taken as it is, since both are net, or both are not. */
  tax: z.enum(["add", "none"]).default("add"),
  /** Percent of a tax in this scope, by Tryton's name of it, where the store's own is another than Tryton's. */
  taxRates: z
    .record(
      name,
      decimalSchema.refine((rate) => !rate.startsWith("-"), "not negative"),
    )
    .default({}),
});
export type PriceWish = z.infer<typeof priceSchema>;

/** Which location of Tryton stands for a store. */
const stockSchema = z.strictObject({
  store: storeIdSchema,
  /** Code of a warehouse, whose storage location counts, or of any other location. */
  location: name,
  /** The destination that brings this store's sales to this Tryton: what it has not delivered yet is not in Tryton's figure. */
  destination: name.optional(),
});
export type StockWish = z.infer<typeof stockSchema>;

const distinct = <T>(list: readonly T[], of: (one: T) => string): boolean => new Set(list.map(of)).size === list.length;

/** Tryton's own fields of a feed's file. */
export const trytonFeedSchema = z
  .strictObject({
    ...addressShape,
    timeoutMs: trytonShape.timeoutMs,
    database: trytonShape.database,
    user: trytonShape.user,
    password: trytonShape.password,
    /** Id of the company, where the user works for several. */
    company: z.number().int().min(1).optional(),
    /** Where products live. */
    scope: scopeSchema.default("all" as z.infer<typeof scopeSchema>),
    prices: z
      .array(priceSchema)
      .max(ENTRIES_MAX)
      .refine((list) => distinct(list, ({ scope, customerGroup }) => `${scope} ${customerGroup ?? ""}`), "one price for a scope and group")
      .default([]),
    stock: z
      .array(stockSchema)
      .max(ENTRIES_MAX)
      .refine((list) => distinct(list, ({ store }) => store), "one location for a store")
      .default([]),
    /** Symbol of Tryton's unit: our unit of measure. */
    units: z.record(name, z.string().min(1).max(20)).default({ u: "EA", kg: "KGM", g: "GRM", l: "LTR", m: "MTR" }),
    /** Our units that a till weighs or measures. */
    weighed: z.array(z.string().min(1).max(20)).default(["KGM", "GRM"]),
    /** Tryton's name of a tax: the tax category that tills know. */
    taxCategories: z.record(name, posIdSchema).default({}),
    /** Tryton's name of an accounting category: the department that tills know. */
    departments: z.record(name, posIdSchema).default({}),
    /** Changes are asked for from this much before the last one seen: a transaction may have been under way. */
    overlapMs: z.number().int().min(0).max(3_600_000).default(300_000),
    pageRecords: z.number().int().min(1).max(500).default(200),
  })
  .refine(isEncryptedOrPrivate, PLAIN_HTTP);
export type TrytonFeedConfig = z.infer<typeof trytonFeedSchema>;

/** Documents of one page: one transaction writes them, and other writers of their scopes wait for it. */
const PAGE_DOCUMENTS_MAX = 4_000;

/** Records of one page, when each means so many documents. */
export const pageOf = ({ pageRecords }: TrytonFeedConfig, documents: number): number =>
  Math.max(1, Math.min(pageRecords, Math.floor(PAGE_DOCUMENTS_MAX / Math.max(1, documents))));
