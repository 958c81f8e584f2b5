import { dateBefore, weekdayOf, type LocalTime } from "./local-time.ts";
import type { OpeningHours } from "./opening-hours.ts";

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Whether a shop sells at a moment of its own clock. Hours that began the day before and go past midnight count. */
export function isOpen(hours: OpeningHours, { date, minute }: LocalTime): boolean {
  const today = intervalsOf(hours, date).some(([from, until]) => minute >= from && (until <= from || minute < until));
  return today || intervalsOf(hours, dateBefore(date)).some(([from, until]) => until <= from && minute < until);
}

const intervalsOf = ({ weekly, exceptions }: OpeningHours, date: string): (readonly [number, number])[] =>
  ((Object.hasOwn(exceptions, date) ? exceptions[date] : undefined) ?? weekly[weekdayOf(date)]).map(
    ([from, until]) => [minuteOf(from), minuteOf(until)] as const,
  );
