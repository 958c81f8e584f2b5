import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AFTER_CLOSING_MS, isClosedAt, NEEDED_MS, nextClosedMs, sellingBy, type IsSelling } from "./closed-times.ts";
import { isOpen } from "./is-open.ts";
import { localClock, weekdayOf, type LocalTime } from "./local-time.ts";
import { vetoesOf, type Moment } from "./may-apply.ts";
import { openingHoursSchema, type OpeningHours } from "./opening-hours.ts";

const MINUTE_MS = 60_000;
const YEAR = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2027, 0, 1) };
const zone = fc.constantFrom("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo", "UTC");
const text = (minutes: number): string => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
const interval = fc
  .tuple(fc.integer({ min: 0, max: 1_439 }), fc.integer({ min: 0, max: 1_440 }))
  .filter(([from, until]) => from !== until)
  .map(([from, until]) => [text(from), text(until)] as [string, string]);
const day = fc.array(interval, { maxLength: 3 });
const hours: fc.Arbitrary<OpeningHours> = fc.record({
  weekly: fc.record({ mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day }),
  exceptions: fc.dictionary(
    fc.integer({ min: 0, max: 364 }).map((n) => new Date(YEAR.from + n * 86_400_000).toISOString().slice(0, 10)),
    day,
    { maxKeys: 5 },
  ),
});
const moment = fc.integer({ min: YEAR.from / MINUTE_MS, max: YEAR.to / MINUTE_MS }).map((minutes) => minutes * MINUTE_MS);

/** The same question answered another way: all minutes of a day and of the day before that go past midnight, written out. */
function sellsAt({ weekly, exceptions }: OpeningHours, { date, minute }: LocalTime): boolean {
  const of = (date: string): readonly (readonly [string, string])[] => exceptions[date] ?? weekly[weekdayOf(date)];
  const minutes = new Set<number>();
  const number = (time: string): number => Number(time.split(":")[0]) * 60 + Number(time.split(":")[1]);
  for (const [from, until] of of(date)) {
    const end = number(until) <= number(from) ? 1_440 : number(until);
    for (let at = number(from); at < end; at += 1) minutes.add(at);
  }
  const yesterday = new Date(Date.parse(`${date}T12:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
  for (const [from, until] of of(yesterday))
    if (number(until) <= number(from)) for (let at = 0; at < number(until); at += 1) minutes.add(at);
  return minutes.has(minute);
}

const calm: Omit<Moment, "nowMs" | "clock" | "selling" | "hoursKnown" | "neverCloses" | "stagedSinceMs" | "quietestHour"> = {
  quietForMs: 86_400_000,
  isDraining: false,
  isReading: false,
  isPaused: false,
  isDiskFull: false,
};

/** Applies wherever it may, and says whether the shop sold at any minute of it. */
function sellsDuring(known: OpeningHours, timeZone: string, nowMs: number, sinceMs: number, selling: IsSelling): boolean {
  const clock = localClock(timeZone);
  const next = nextClosedMs(nowMs, selling, clock);
  const vetoes = vetoesOf({
    ...calm,
    nowMs,
    clock,
    selling,
    hoursKnown: true,
    neverCloses: next === undefined,
    stagedSinceMs: sinceMs,
    quietestHour: undefined,
  });
  if (vetoes.length > 0) return false;
  for (let at = nowMs; at < nowMs + NEEDED_MS; at += MINUTE_MS) if (sellsAt(known, clock(at))) return true;
  return false;
}

describe("opening hours", () => {
  it("are never those of an update, whatever the zone, the season and the exceptions, however long it has waited", () => {
    fc.assert(
      fc.property(hours, zone, moment, fc.integer({ min: 0, max: 400 }), (known, timeZone, nowMs, days) => {
        expect(sellsDuring(known, timeZone, nowMs, nowMs - days * 86_400_000, sellingBy(known))).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it("control: who does not look as far as an update needs is noticed by the same check", () => {
    // A shop that opens in ten minutes: who looks at this minute alone begins, and is still at it when it opens.
    const known = openingHoursSchema.parse({ weekly: { mon: [["08:00", "20:00"]] } });
    const clock = localClock("Europe/Berlin");
    const tenToEight = Date.UTC(2026, 1, 2, 6, 50);
    expect(isOpen(known, clock(tenToEight))).toBe(false);
    expect(isClosedAt(tenToEight, sellingBy(known), clock)).toBe(false);
    expect(sellsDuring(known, "Europe/Berlin", tenToEight, tenToEight, () => false)).toBe(true);
  });

  it("control: hours read by the machine's zone instead of the store's are noticed", () => {
    const wrong = fc.check(
      fc.property(hours, moment, (known, nowMs) => {
        const utc = localClock("UTC");
        const tokyo = localClock("Asia/Tokyo");
        if (!isClosedAt(nowMs, sellingBy(known), utc)) return;
        for (let at = nowMs; at < nowMs + NEEDED_MS; at += MINUTE_MS) expect(sellsAt(known, tokyo(at))).toBe(false);
      }),
      { numRuns: 500, seed: 1 },
    );
    expect(wrong.failed).toBe(true);
  });

  it("say the same as all their minutes written out", () => {
    fc.assert(
      fc.property(hours, zone, moment, (known, timeZone, ms) => {
        const local = localClock(timeZone)(ms);
        expect(isOpen(known, local)).toBe(sellsAt(known, local));
      }),
    );
  });

  it("leave a time that fits, or none in nine days", () => {
    fc.assert(
      fc.property(hours, zone, moment, (known, timeZone, nowMs) => {
        const clock = localClock(timeZone);
        const next = nextClosedMs(nowMs, sellingBy(known), clock);
        if (next === undefined) return;
        expect(next).toBeGreaterThanOrEqual(nowMs);
        expect(isClosedAt(next, sellingBy(known), clock)).toBe(true);
        expect(next - nowMs).toBeLessThan(9 * 86_400_000 + AFTER_CLOSING_MS);
      }),
      { numRuns: 50 },
    );
  });
});
