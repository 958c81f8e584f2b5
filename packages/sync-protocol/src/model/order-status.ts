import { z } from "zod";
import { ORDER_STATUS_LINES_MAX } from "../limits.ts";
import { quantitySchema } from "./line.ts";
import { posIdSchema, textSchema } from "./parts.ts";
import { posTimeSchema } from "./time.ts";

/**
 * The steps of an order, in the order in which they come; `cancelled` ends it instead of the rest. Which may follow which
 * is in `orders/order-lifecycle.ts`.
 */
export const orderStatuses = [
  "created",
  "confirmed",
  "inProduction",
  "picked",
  "fulfilled",
  "shipped",
  "delivered",
  "returned",
  "cancelled",
] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** One step of an order as a till, a picking station or a carrier's message told it. Goods and money are told by receipts. */
export const orderStatusSchema = z.strictObject({
  orderId: posIdSchema,
  /** Whose number `orderId` is, where shops have orders of several systems. */
  system: posIdSchema.optional(),
  status: z.enum(orderStatuses),
  /** What this step was about, when it was not the whole order: what was picked, shipped, returned. Quantities are above zero. */
  lines: z
    .array(
      z.strictObject({
        itemId: posIdSchema,
        gtin: z
          .string()
          .regex(/^[0-9]{14}$/)
          .optional(),
        quantity: quantitySchema,
      }),
    )
    .min(1)
    .max(ORDER_STATUS_LINES_MAX)
    .optional(),
  carrier: posIdSchema.optional(),
  tracking: posIdSchema.optional(),
  reason: textSchema.optional(),
  /** When the step was taken. Told, not believed: steps are ordered by the log, never by clocks. */
  at: posTimeSchema,
});
