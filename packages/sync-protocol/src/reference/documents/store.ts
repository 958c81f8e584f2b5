import { z } from "zod";
import { currencySchema } from "../../money/currency.ts";
import { posIdSchema, textSchema } from "../../model/parts.ts";

/** IANA name, `Europe/Berlin`, or a fixed offset as the runtime's calendar knows it. */
const timeZoneSchema = z
  .string()
  .max(60)
  .refine((zone) => {
    try {
      return Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
    } catch {
      return false;
    }
  }, "no such time zone");

/** What a terminal must know of its store. */
export const storeFields = {
  name: textSchema,
  timeZone: timeZoneSchema,
  currency: currencySchema,
  /** What a price's amount says. */
  pricesIncludeTax: z.boolean().default(true),
  region: posIdSchema.optional(),
} as const;
