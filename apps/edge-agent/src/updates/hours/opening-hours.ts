import { z } from "zod";

/** More pieces than this in a day, or exceptions in a list, are no opening hours. */
const INTERVALS_MAX = 8;
const EXCEPTIONS_MAX = 1_000;

/** By the store's own clock. `24:00` is the end of a day. */
const clockTime = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, "a time such as 08:30");
/** From, until. Until earlier than from: open past midnight. */
const interval = z
  .tuple([clockTime, clockTime])
  .refine(([from, until]) => from !== until && from !== "24:00", "an interval has a length; for a whole day, 00:00 to 24:00");
const day = z.array(interval).max(INTERVALS_MAX);

const businessDate = z.iso.date();

/**
 * When a shop sells. Days that are not named are closed; an exception counts for its date in place of the weekday. The
 * store's document `opening-hours` in the configuration, or `trading` in the terminal's own.
 */
export const openingHoursSchema = z.strictObject({
  weekly: z.strictObject({
    mon: day.default([]),
    tue: day.default([]),
    wed: day.default([]),
    thu: day.default([]),
    fri: day.default([]),
    sat: day.default([]),
    sun: day.default([]),
  }),
  exceptions: z
    .record(businessDate, day)
    .refine((dates) => Object.keys(dates).length <= EXCEPTIONS_MAX, "too many")
    .default({}),
});
export type OpeningHours = z.infer<typeof openingHoursSchema>;
