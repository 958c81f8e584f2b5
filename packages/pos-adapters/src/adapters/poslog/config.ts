import { currencySchema } from "@tillsync/sync-protocol";
import { z } from "zod";
import { isKnownEncoding } from "../../kit/bytes/encoding.ts";
import { timeZoneSchema } from "../../kit/fields/zone-rule.ts";
import { dialectNames } from "./dialects.ts";

/** Configuration of the poslog adapter. All of it may be left out: a POSLog file says most things itself. */
export const configSchema = z.strictObject({
  /** Which vendor's habits to read by. Left out: recognised by namespaces and version. */
  dialect: z.enum(dialectNames).optional(),
  /** Replaces the store number of the file. */
  store: z.string().min(1).max(100).optional(),
  /** Used where the file names no currency, or names `XXX`. A currency that is stated and unknown is set aside all the same. */
  defaultCurrency: currencySchema.optional(),
  /** IANA zone of the store: gives offsets to times that state none. */
  timeZone: timeZoneSchema.optional(),
  naturalKey: z
    .strictObject({
      /** For tills whose sequence number wraps within a day. */
      includeBegin: z.boolean().optional(),
    })
    .optional(),
  /** Wins over the encoding that the file declares, not over a byte order mark. */
  encoding: z.string().refine(isKnownEncoding, "unknown encoding").optional(),
  /** Keep operator numbers as they are. Left out: a pseudonym. Names are never kept. */
  includeOperatorId: z.boolean().optional(),
  /** Keep the authorization code and reference number of card payments. Left out: dropped. */
  includeAuthorization: z.boolean().optional(),
  /** Unit of weighed items where the file gives none. */
  weightUnit: z.string().min(1).max(20).optional(),
});
export type PoslogConfig = z.infer<typeof configSchema>;
