import { businessDaySchema, identitySchema, orderStatusSchema, posIdSchema } from "@tillsync/sync-protocol";
import { z } from "zod";

/** A step of an order as the POS tells it. */
export const stepRequestSchema = z.strictObject({
  /** Of the POS's own making, one for each step: the same id again is the same step. */
  stepId: z.string().regex(/^[A-Za-z0-9._:-]{1,80}$/, "1 to 80 of A-Z a-z 0-9 . _ : -"),
  status: orderStatusSchema.shape.status,
  /** The goods, where it is not the whole order. */
  lines: orderStatusSchema.shape.lines,
  /** The order's revision that staff had before them: with another one by now the step is refused. */
  revision: z.number().int().min(1).optional(),
  carrier: orderStatusSchema.shape.carrier,
  tracking: orderStatusSchema.shape.tracking,
  reason: orderStatusSchema.shape.reason,
  operatorId: posIdSchema.optional(),
  /** How the POS calls itself. What it leaves out: the cloud's names of the store and the terminal, and this machine's day. */
  place: z
    .strictObject({
      store: identitySchema.shape.store.optional(),
      workstation: identitySchema.shape.workstation.optional(),
      businessDay: businessDaySchema.optional(),
    })
    .optional(),
});
export type StepRequest = z.infer<typeof stepRequestSchema>;
