import { z } from "zod";

/** Tryton's moment, by its own clock in UTC. */
export const momentSchema = z
  .object({
    __class__: z.literal("datetime"),
    year: z.number().int().min(1970).max(9999),
    month: z.number().int().min(1).max(12),
    day: z.number().int().min(1).max(31),
    hour: z.number().int(),
    minute: z.number().int(),
    second: z.number().int(),
    microsecond: z.number().int().default(0),
  })
  .transform(({ year, month, day, hour, minute, second, microsecond }) =>
    new Date(Date.UTC(year, month - 1, day, hour, minute, second, Math.floor(microsecond / 1_000))).toISOString(),
  );

/** A moment as Tryton takes it. */
export function moment(iso: string): object {
  const at = new Date(iso);
  return {
    __class__: "datetime",
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
    second: at.getUTCSeconds(),
    microsecond: at.getUTCMilliseconds() * 1_000,
  };
}
