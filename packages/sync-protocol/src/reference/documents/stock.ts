import { z } from "zod";
import { hlcSchema } from "../../clock/hlc.ts";
import { epochSchema, seqSchema, storeIdSchema, terminalIdSchema } from "../../ids.ts";
import { decimalSchema } from "../../money/amount.ts";
import { itemIdSchema } from "./common.ts";

/** Tills of one store that moved one item since its last count. */
export const STOCK_TERMINALS_MAX = 500;

/**
 * What a store has of an item as the cloud knows it, and how much of each terminal's journal is in the figure, so that a
 * terminal adds its own later movements and counts none twice.
 */
export const stockFields = {
  storeId: storeIdSchema,
  itemId: itemIdSchema,
  uom: z.string().min(1).max(20).default("EA"),
  /** May be below zero: what was sold before anyone booked it in. */
  onHand: decimalSchema,
  /** Promised to orders. */
  reserved: decimalSchema.optional(),
  /** The last count; movements at or before it are in it. */
  countedAt: hlcSchema.optional(),
  included: z
    .record(terminalIdSchema, z.strictObject({ epoch: epochSchema, seq: seqSchema }))
    .refine((terminals) => Object.keys(terminals).length <= STOCK_TERMINALS_MAX, "too many terminals")
    .default({}),
} as const;
