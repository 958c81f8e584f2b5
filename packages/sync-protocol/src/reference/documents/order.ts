import { z } from "zod";
import { hlcSchema } from "../../clock/hlc.ts";
import { storeIdSchema, terminalIdSchema } from "../../ids.ts";
import { amountSchema } from "../../money/amount.ts";
import { currencySchema } from "../../money/currency.ts";
import { quantitySchema } from "../../model/line.ts";
import { orderStatuses } from "../../model/order-status.ts";
import { posIdSchema, pseudonymSchema, textSchema } from "../../model/parts.ts";
import { gtinSchema, itemIdSchema, storeTimeSchema } from "./common.ts";

/** Lines of an order that a shop hands over. */
export const ORDER_LINES_MAX = 1_000;

/** What a person has to settle, in words of `folds/hand-over.ts`; `docs/operate/orders.md` says who does what. */
export const orderConflicts = ["handed-over-twice", "handed-over-after-cancel", "changed-after-pick"] as const;
export type OrderConflict = (typeof orderConflicts)[number];
/** Tills of one order that are remembered: the first of them, by their clocks. More than two are a matter for a person anyway. */
export const HAND_OVERS_MAX = 10;

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
  /** Something that a person has to settle. It follows from the fields below. */
  conflict: z.enum(orderConflicts).optional(),
  /** Every till that handed it over, the first one first. */
  handOvers: z
    .array(z.strictObject({ terminal: terminalIdSchema, at: hlcSchema }))
    .max(HAND_OVERS_MAX)
    .optional(),
  /** The revision that the goods were picked from. */
  pickedRevision: z.number().int().min(1).optional(),
  /** It was cancelled at some time, wherever its goods are. */
  cancelled: z.literal(true).optional(),
  /** Conflicts that head office has settled. */
  settled: z.array(z.enum(orderConflicts)).max(orderConflicts.length).optional(),
  /** Moves with every change of goods, money or place at the order's own system. */
  revision: z.number().int().min(1).default(1),
  /** When this revision came to the cloud. */
  revisedAt: hlcSchema.optional(),
} as const;
