import { z } from "zod";
import { decimalSchema } from "../../money/amount.ts";
import { posIdSchema, textSchema } from "../../model/parts.ts";
import { gtinSchema, itemIdSchema } from "./common.ts";

/** Codes that one item answers to. Seen in the field: some 20 (a drink in all its boxes). */
export const PRODUCT_GTINS_MAX = 50;
/** Parts of one set. */
export const PRODUCT_COMPONENTS_MAX = 200;

/** An item that a till can sell. Its `id` is the POS's own item number. */
export const productFields = {
  gtins: z.array(gtinSchema).max(PRODUCT_GTINS_MAX).default([]),
  description: textSchema,
  department: posIdSchema.optional(),
  uom: z.string().min(1).max(20).default("EA"),
  /** By weight or length at the till. */
  weighed: z.boolean().optional(),
  taxCategory: posIdSchema.optional(),
  ageRestriction: z.number().int().min(0).max(120).optional(),
  /** `blocked`: may not be sold, such as after a recall; a till must say so. */
  status: z.enum(["active", "blocked", "delisted"]).default("active"),
  /** The style that this is a size or colour of. A chain of these may not come back to itself. */
  variantOf: itemIdSchema.optional(),
  /** What a set consists of. May not contain itself, at any depth. */
  components: z
    .array(z.strictObject({ itemId: itemIdSchema, quantity: decimalSchema }))
    .max(PRODUCT_COMPONENTS_MAX)
    .optional(),
  attributes: z.record(z.string().min(1).max(60), z.string().max(500)).optional(),
} as const;
