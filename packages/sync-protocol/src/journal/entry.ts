import { z } from "zod";
import { hlcSchema } from "../clock/hlc.ts";
import { epochSchema, hashHexSchema, seqSchema } from "../ids.ts";
import { capturedTransactionSchema } from "../model/captured.ts";

/**
 * One fact of a journal. What is hashed, kept and sent is the exact text that was written first (the line), not a
 * re-serialisation of this.
 */
export const entryEnvelopeSchema = z.strictObject({
  seq: seqSchema.refine((n) => n >= 1, "sequence starts at 1"),
  hlc: hlcSchema,
  type: z.string().regex(/^[a-z][a-z-]{0,39}$/),
  body: z.unknown(),
});
export type EntryEnvelope = z.infer<typeof entryEnvelopeSchema>;

/** First entry of every epoch past the first: why it began, and which journal it carries on from. */
export const epochStartBodySchema = z.strictObject({
  reason: z.enum(["copied", "restored", "fork", "re-enrolled"]),
  previous: z.strictObject({ epoch: epochSchema, seq: seqSchema, hash: hashHexSchema }),
  /** Entries of the previous epoch whose fate is unknown follow again in this one; readers tell them by natural key. */
  carriedOver: z.number().int().min(0),
});
export type EpochStartBody = z.infer<typeof epochStartBodySchema>;

/** The types that this version writes. Others are kept and set aside by readers until they know them. */
export const entryBodySchemas = {
  transaction: capturedTransactionSchema,
  "epoch-start": epochStartBodySchema,
} as const;
export type EntryType = keyof typeof entryBodySchemas;

/** The line of an entry: what is stored, hashed and sent, as it is, for ever. */
export const encodeEntry = (entry: { seq: number; hlc: string; type: EntryType; body: unknown }): string =>
  `{"seq":${entry.seq},"hlc":"${entry.hlc}","type":"${entry.type}","body":${JSON.stringify(entry.body)}}`;
