import { z } from "zod";
import { decimalAnswer, ids } from "../../connectors/tryton/values.ts";

const id = z.number().int();
/** SQLite has no booleans; Tryton hands on what its database gives. */
export const flag = z.union([z.boolean(), z.literal(0), z.literal(1)]).transform(Boolean);

/** A product with what of its template a till needs. */
export const productRow = z.object({
  id,
  code: z.string().nullable(),
  name: z.string().nullable(),
  active: flag,
  salable: flag,
  type: z.string(),
  "template.": z.object({ active: flag }),
  "default_uom.": z.object({ symbol: z.string() }),
  "sale_uom.": z.object({ symbol: z.string() }).nullable(),
  "account_category.": z.object({ name: z.string(), customer_taxes_used: ids }).nullable(),
});
export type ProductRow = z.infer<typeof productRow>;

export const identifierRow = z.object({ id, product: id, type: z.string().nullable(), code: z.string() });
export type IdentifierRow = z.infer<typeof identifierRow>;

export const taxRow = z.object({
  id,
  name: z.string(),
  type: z.enum(["percentage", "fixed", "none"]),
  rate: decimalAnswer.nullable(),
  amount: decimalAnswer.nullable(),
  parent: id.nullable(),
});
export type TaxRow = z.infer<typeof taxRow>;

export const salePriceRow = z.object({ id, sale_price_uom: decimalAnswer.nullable() });
export const namedRow = z.object({ id, name: z.string() });
export const currencyRow = z.object({ id, code: z.string() });
