import { z } from "zod";
import { transactionSchema } from "./transaction.ts";

/**
 * Where a transaction came from. It is not part of what is compared: the same receipt captured from another file is the
 * same receipt.
 */
export const captureSchema = z.strictObject({
  adapter: z.string().regex(/^[a-z0-9-]+@\d+\.\d+\.\d+$/),
  source: z.strictObject({
    kind: z.enum(["file", "table", "http", "printer"]),
    /** File name, table or route; no folder, since folders carry people's names. */
    name: z.string().min(1).max(255),
    sha256: z
      .string()
      .regex(/^[A-Za-z0-9_-]{43}$/)
      .optional(),
    /** Byte offsets of the record in the source: first, and one past the last. */
    range: z.tuple([z.number().int().min(0), z.number().int().min(0)]).optional(),
  }),
});
export type Capture = z.infer<typeof captureSchema>;

/** Body of a journal entry of type `transaction`. `revision` counts the different contents seen under one natural key, from 1. */
export const capturedTransactionSchema = z.strictObject({
  capture: captureSchema,
  revision: z.number().int().min(1).max(1_000_000),
  /** Known to be a later report of an older business day or of an earlier number. */
  late: z.literal(true).optional(),
  transaction: transactionSchema,
});
export type CapturedTransaction = z.infer<typeof capturedTransactionSchema>;
