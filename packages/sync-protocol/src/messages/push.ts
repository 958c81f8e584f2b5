import { z } from "zod";
import { epochSchema, hashHexSchema, seqSchema, terminalIdSchema } from "../ids.ts";
import { signedHeadSchema } from "../journal/head.ts";
import { BATCH_ENTRIES_MAX } from "../limits.ts";

/** First line of a batch. The entries' lines follow, each ended by a line feed. */
export const pushHeaderSchema = z
  .strictObject({
    version: z.literal(1),
    terminal: terminalIdSchema,
    epoch: epochSchema,
    firstSeq: seqSchema.refine((n) => n >= 1),
    count: z.number().int().min(1).max(BATCH_ENTRIES_MAX),
    /** Hash before the first entry of the batch. */
    previousHash: hashHexSchema,
    /** Head after the last entry of the batch, signed by the terminal that wrote the journal. */
    head: signedHeadSchema,
    verdictsAfter: z.number().int().min(0),
  })
  .refine((h) => h.head.seq === h.firstSeq + h.count - 1, "head is not the last entry of the batch");
export type PushHeader = z.infer<typeof pushHeaderSchema>;
