import { z } from "zod";
import { posIdSchema, pseudonymSchema } from "./parts.ts";
import { businessDaySchema } from "./time.ts";

/** What a member agreed to: channels, and uses of data. */
export const consents = ["email", "sms", "post", "phone", "push", "profiling", "sharing"] as const;

/** A short code of the shop's own: no room for names, addresses or numbers of people. */
const codeSchema = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,39}$/, "a letter, then letters, digits, _ and -, 40 at most");

/**
 * Joining, changing and leaving a programme. Only what this list names may be told of a person: no name, address, number
 * or date of birth. An adapter hands on nothing else; what is not named here is refused.
 */
export const memberChangeSchema = z.strictObject({
  memberRef: pseudonymSchema,
  kind: z.enum(["enrolled", "updated", "left"]),
  programme: posIdSchema.optional(),
  tier: codeSchema.optional(),
  /** True: given. False: refused or taken back. Absent: not told. */
  consents: z.partialRecord(z.enum(consents), z.boolean()).optional(),
  attributes: z
    .strictObject({
      preferredStore: posIdSchema.optional(),
      /** ISO 639: `de`. */
      language: z
        .string()
        .regex(/^[a-z]{2,3}$/)
        .optional(),
      segment: codeSchema.optional(),
      memberSince: businessDaySchema.optional(),
      receipts: z.enum(["paper", "digital"]).optional(),
    })
    .optional(),
});
