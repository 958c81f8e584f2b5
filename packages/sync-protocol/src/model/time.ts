import { z } from "zod";

/** `2017-10-01`. The store's accounting day; after midnight it lags behind the calendar. */
export const businessDaySchema = z.iso.date().brand<"BusinessDay">();
export type BusinessDay = z.infer<typeof businessDaySchema>;

/**
 * A time as the POS wrote it. `local` is its own text (ISO 8601 without zone); `utc` is there when an offset was stated
 * or the store's zone is known. Nothing orders by it: order comes from sequence numbers.
 */
export const posTimeSchema = z.strictObject({
  local: z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?$/, "ISO 8601 local time"),
  /** `+01:00`, as stated or derived from the zone. */
  offset: z
    .string()
    .regex(/^[+-]\d{2}:\d{2}$/)
    .optional(),
  utc: z.iso.datetime().optional(),
  /** `stated`: the POS gave an offset. `derived`: from the store's zone. `guessed`: the local time came twice or never (change of clocks). */
  quality: z.enum(["stated", "derived", "guessed", "local"]),
});
export type PosTime = z.infer<typeof posTimeSchema>;
