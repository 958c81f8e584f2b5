import { z } from "zod";
import { posIdSchema } from "./parts.ts";
import { businessDaySchema } from "./time.ts";

/**
 * What makes two captures the same receipt: the alternate key of the ARTS operational data model. The sequence counter
 * resets by day on many tills, so the business day belongs to it; a POS whose counter wraps within a day adds a
 * `discriminator` (the begin time).
 */
export const identitySchema = z.strictObject({
  store: posIdSchema,
  workstation: posIdSchema,
  businessDay: businessDaySchema,
  sequence: z.string().regex(/^[A-Za-z0-9._-]{1,40}$/),
  discriminator: z.string().min(1).max(40).optional(),
});
export type Identity = z.infer<typeof identitySchema>;

/** `9/31/2017-10-01/114`: unique for a receipt of one retailer. Parts are percent-encoded, so a slash cannot forge one. */
export const naturalKey = (identity: Identity): NaturalKey =>
  [identity.store, identity.workstation, identity.businessDay, identity.sequence, identity.discriminator]
    .filter((part) => part !== undefined)
    .map(encodePart)
    .join("/") as NaturalKey;

/** Longest: store and workstation of 100 and a discriminator of 40 characters that are all encoded (six each), 10 + 40 + 4 besides. */
export const NATURAL_KEY_LENGTH_MAX = 1_494;
export const naturalKeySchema = z.string().min(7).max(NATURAL_KEY_LENGTH_MAX).brand<"NaturalKey">();
export type NaturalKey = z.infer<typeof naturalKeySchema>;

/** Another receipt of this or another till, as far as the POS names it. */
export const receiptReferenceSchema = z.strictObject({
  store: posIdSchema.optional(),
  workstation: posIdSchema.optional(),
  businessDay: businessDaySchema.optional(),
  sequence: posIdSchema.optional(),
  discriminator: z.string().min(1).max(40).optional(),
  line: z.number().int().min(0).optional(),
  receiptNumber: posIdSchema.optional(),
  transactionId: posIdSchema.optional(),
});
export type ReceiptReference = z.infer<typeof receiptReferenceSchema>;

/** The natural key that a reference names, when it names one fully. */
export function referencedKey(reference: ReceiptReference): NaturalKey | undefined {
  const identity = identitySchema.safeParse({
    store: reference.store,
    workstation: reference.workstation,
    businessDay: reference.businessDay,
    sequence: reference.sequence,
    ...(reference.discriminator === undefined ? {} : { discriminator: reference.discriminator }),
  });
  return identity.success ? naturalKey(identity.data) : undefined;
}

const PLAIN = /^[A-Za-z0-9._:+-]*$/;
/** A text without slashes and without anything that a log or a header could stumble over; different texts stay different. */
export const encodePart = (part: string): string =>
  PLAIN.test(part) ? part : part.replace(/[^A-Za-z0-9._:+-]/gu, (c) => `%${c.codePointAt(0)?.toString(16).toUpperCase()}.`);
