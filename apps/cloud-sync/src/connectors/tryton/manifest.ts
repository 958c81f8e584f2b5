import { z } from "zod";
import type { ConnectorManifest } from "../connector.ts";
import { addressShape, isEncryptedOrPrivate, PLAIN_HTTP } from "../http/address.ts";
import { mappingSchema } from "../mapping/mapping.ts";

export const manifest: ConnectorManifest = {
  kind: "tryton",
  title: "Tryton 6.0 (ERP): sales, invoices, payments, stock",
  // Tryton knows no key of ours: a `reference` may stand there twice. Drafts are counted before one of them is confirmed.
  repeatability: { by: "lookup-first" },
  capabilities: { categories: ["sales", "inventory"], lookUp: true, batchItemsMax: 1, needsCause: true },
};

/** Tryton's own default for prices (`product.price_decimal`). */
const PRICE_DECIMALS = 4;
/** A Tryton that serves many tills has several processes. */
const CALLS = 2;
const CALLS_MAX = 16;
const name = z.string().min(1).max(200);

/** Tryton's own fields of a destination's file. */
export const trytonShape = {
  ...addressShape,
  /** Confirming a long receipt on a busy server takes seconds. */
  timeoutMs: addressShape.timeoutMs.default(60_000),
  database: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, "name of a Tryton database"),
  user: name,
  password: z.string().min(1).max(500),
  /**
   * `stores`: codes of warehouses. `items`: product codes. `taxes`: names of taxes, `-` for none. `tenders`: names of invoice
   * payment methods. `customers`: codes of parties. `accounts.rounding`: code of the service product that takes cents.
   */
  mapping: mappingSchema,
  /** Our unit of measure: symbol of Tryton's. What is not named is in the product's own unit. */
  units: z.record(z.string().min(1).max(20), name).default({ EA: "u", KGM: "kg", GRM: "g", LTR: "l", MTR: "m" }),
  /** Goods that a receipt moved leave or enter the store's stock. */
  moveStock: z.boolean().default(true),
  /** Calls under way at once, each for several items; no more than Tryton has processes to answer them. */
  calls: z.number().int().min(1).max(CALLS_MAX).default(CALLS),
  /** By which day invoices and stock moves are booked; `arrival` is Tryton's own today. */
  bookOn: z.enum(["businessDay", "arrival"]).default("businessDay"),
  /** Decimals of unit prices, as `price_decimal` of the server. */
  priceDecimals: z.number().int().min(2).max(8).default(PRICE_DECIMALS),
  /**
   * Code of the location at the other end of a stock movement, by its kind. Adjustments, waste and others without one go to
   * the warehouse's lost-and-found location; receivings and transfers without one are left to the ERP's own documents.
   */
  stockLocations: z.partialRecord(z.enum(["adjustment", "waste", "receiving", "transferIn", "transferOut", "other"]), name).default({}),
};

export const trytonConfigSchema = z.strictObject(trytonShape).refine(isEncryptedOrPrivate, PLAIN_HTTP);
export type TrytonConfig = z.infer<typeof trytonConfigSchema>;
