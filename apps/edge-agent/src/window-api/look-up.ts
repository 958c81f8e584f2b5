import { z } from "zod";

/** What a person types or scans. */
export const LOOK_UP_CHARS_MAX = 100;
export const LOOK_UP_ROWS_MAX = 50;

export const lookUpRequestSchema = z.strictObject({
  text: z.string().trim().min(1).max(LOOK_UP_CHARS_MAX),
  limit: z.number().int().min(1).max(LOOK_UP_ROWS_MAX).default(LOOK_UP_ROWS_MAX),
});

/** Prices are integer minor units as text, for one `uom`, for the store's own now. */
export const productFoundSchema = z.object({
  itemId: z.string(),
  description: z.string(),
  gtins: z.array(z.string()),
  status: z.enum(["active", "blocked", "delisted"]),
  uom: z.string(),
  department: z.string().nullable(),
  ageRestriction: z.number().int().nullable(),
  price: z
    .object({
      amount: z.string(),
      currency: z.string(),
      exponent: z.number().int(),
      kind: z.enum(["regular", "promotion"]),
      regular: z.string().nullable(),
      validUntil: z.string().nullable(),
    })
    .nullable(),
  /** On hand as far as this store knows; null: not counted. */
  stock: z.string().nullable(),
});
export type ProductFound = z.infer<typeof productFoundSchema>;
export const productsAnswerSchema = z.object({ rows: z.array(productFoundSchema), more: z.boolean(), asOfMs: z.number().int().nullable() });
export type ProductsAnswer = z.infer<typeof productsAnswerSchema>;

/** A member as the shop may know one: no name, no address. `id` is the pseudonym. */
export const memberFoundSchema = z.object({
  id: z.string(),
  programme: z.string().nullable(),
  tier: z.string().nullable(),
  customerGroup: z.string().nullable(),
  points: z.number().int().nullable(),
  state: z.enum(["active", "left"]),
});
export type MemberFound = z.infer<typeof memberFoundSchema>;
export const membersAnswerSchema = z.object({ rows: z.array(memberFoundSchema), asOfMs: z.number().int().nullable() });
export type MembersAnswer = z.infer<typeof membersAnswerSchema>;
