import { businessDaySchema, TillsyncError } from "@tillsync/sync-protocol";

/** `2026-11-20`. Throws `usage.invalid`. */
export function readBusinessDay(text: string): string {
  const day = businessDaySchema.safeParse(text);
  if (!day.success) throw new TillsyncError("usage.invalid", "--business-day: a day such as 2026-11-20");
  return day.data;
}
