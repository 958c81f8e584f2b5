import { z } from "zod";
import { posIdSchema } from "../../model/parts.ts";

/** Characters of an id. */
export const DOCUMENT_ID_CHARS_MAX = 200;

/** Key of a document in its collection: printable, without white space at its ends, short enough for an index and a URL. */
export const documentIdSchema = z
  .string()
  .min(1)
  .max(DOCUMENT_ID_CHARS_MAX)
  .regex(/^[^\s\p{Cc}](?:[^\p{Cc}]*[^\s\p{Cc}])?$/u, "printable, no white space at the ends");
export type DocumentId = z.infer<typeof documentIdSchema>;

/**
 * A moment by the store's own clock, `2026-12-01T00:00`: a price that starts "on Monday morning" starts then in every
 * store, whatever its zone. Texts sort as times.
 */
export const storeTimeSchema = z
  .string()
  .regex(/^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]$/, "YYYY-MM-DDTHH:MM of the store's clock")
  .refine((text) => Number.isFinite(Date.parse(`${text}:00Z`)) && new Date(`${text}:00Z`).toISOString().startsWith(text), "no such day")
  .brand<"StoreTime">();
export type StoreTime = z.infer<typeof storeTimeSchema>;

export const gtinSchema = z.string().regex(/^[0-9]{14}$/, "GTIN in 14 digits");

/** An item as the POS names it: the line's `itemId`. */
export const itemIdSchema = posIdSchema;
