import { z } from "zod";
import { storeIdSchema, terminalIdSchema } from "../../ids.ts";
import { amountSchema } from "../../money/amount.ts";
import { currencySchema } from "../../money/currency.ts";
import { quantitySchema } from "../../model/line.ts";
import { orderStatuses } from "../../model/order-status.ts";
import { posIdSchema, pseudonymSchema, textSchema } from "../../model/parts.ts";
import { gtinSchema, itemIdSchema, storeTimeSchema } from "./common.ts";

/** Lines of an order that a shop hands over. */
export const ORDER_LINES_MAX = 1_000;

/** An order that a store prepares and hands over. `id` is `orderId`, or `system:orderId` where shops have several systems. */
export const orderFields = {
  orderId: posIdSchema,
  system: posIdSchema.optional(),
  storeId: storeIdSchema,
  status: z.enum(orderStatuses),
  lines: z
    .array(
      z.strictObject({
        itemId: itemIdSchema,
        gtin: gtinSchema.optional(),
        description: textSchema.optional(),
        quantity: quantitySchema,
      }),
    )
    .max(ORDER_LINES_MAX),
  currency: currencySchema,
  exponent: z.number().int().min(0).max(4),
  total: amountSchema,
  /** What is still to be paid when it is handed over; zero: paid. */
  due: amountSchema,
  customerRef: pseudonymSchema.optional(),
  /** What the customer shows: a number, never a name. */
  pickupCode: posIdSchema.optional(),
  promisedAt: storeTimeSchema.optional(),
  /** Which till handed it over, once one did. */
  handedOverBy: terminalIdSchema.optional(),
  /** Something that a person has to settle, in words of `folds/hand-over.ts`. */
  conflict: z.enum(["handed-over-twice", "handed-over-after-cancel", "changed-after-pick"]).optional(),
  /** Moves with every change of goods, money or place at the order's own system. */
  revision: z.number().int().min(1).default(1),
} as const;
