import { describe, expect, it } from "vitest";
import { appendMany } from "../../journal/append-many.ts";
import { saleItem } from "../../journal/testing/sales.ts";
import { openTestFolder } from "../../store/testing/open-test-folder.ts";
import { AFTER_CLOSING_MS, isClosedAt, NEEDED_MS, nextClosedMs, sellingBy } from "./closed-times.ts";
import { isOpen } from "./is-open.ts";
import { localClock } from "./local-time.ts";
import { DEFER_MAX_MS, NIGHT_QUIET_MS, QUIET_MS, vetoesOf, type Moment } from "./may-apply.ts";
import { openingHoursSchema } from "./opening-hours.ts";
import { quietestHour } from "./quietest-hour.ts";

const week = (day: [string, string][]) => ({ mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day });
const shop = openingHoursSchema.parse({
  weekly: { ...week([["09:00", "20:00"]]), sun: [] },
  exceptions: { "2026-12-24": [["09:00", "14:00"]], "2026-12-25": [], "2026-12-27": [["10:00", "18:00"]] },
});
const always = openingHoursSchema.parse({ weekly: week([["00:00", "24:00"]]) });
const bar = openingHoursSchema.parse({ weekly: { fri: [["18:00", "03:00"]] } });
const berlin = localClock("Europe/Berlin");
const at = (text: string): number => Date.parse(text);

describe("opening hours", () => {
  it("hold by the weekday, by exceptions in its place, and past midnight", () => {
    const open = (text: string, hours = shop): boolean => isOpen(hours, berlin(at(text)));
    expect([open("2026-12-23T08:59:00+01:00"), open("2026-12-23T09:00:00+01:00"), open("2026-12-23T20:00:00+01:00")]).toEqual([
      false,
      true,
      false,
    ]);
    expect([open("2026-12-24T15:00:00+01:00"), open("2026-12-25T12:00:00+01:00"), open("2026-12-27T12:00:00+01:00")]).toEqual([
      false,
      false,
      true,
    ]);
    expect([
      open("2026-12-05T02:59:00+01:00", bar),
      open("2026-12-05T03:00:00+01:00", bar),
      open("2026-12-04T02:00:00+01:00", bar),
    ]).toEqual([true, false, false]);
  });

  it("leave half an hour after closing and half an hour before opening, to the minute", () => {
    const closed = (text: string): boolean => isClosedAt(at(text), sellingBy(shop), berlin);
    expect([closed("2026-12-22T20:29:00+01:00"), closed("2026-12-22T20:30:00+01:00")]).toEqual([false, true]);
    expect([closed("2026-12-23T08:29:00+01:00"), closed("2026-12-23T08:30:00+01:00")]).toEqual([true, false]);
    expect([AFTER_CLOSING_MS, NEEDED_MS]).toEqual([30 * 60_000, 30 * 60_000]);
  });

  it.each([
    // Clocks go from 02:00 to 03:00, and from 03:00 to 02:00.
    ["2026-03-28T19:00:00Z", "2026-03-28T19:30:00.000Z"],
    ["2026-03-29T07:00:00Z", "2026-03-29T07:00:00.000Z"],
    ["2026-03-30T06:45:00Z", "2026-03-30T18:30:00.000Z"],
    ["2026-10-25T19:30:00Z", "2026-10-25T19:30:00.000Z"],
    ["2026-10-26T07:45:00Z", "2026-10-26T19:30:00.000Z"],
  ])("are those of the store's clock when it is changed: at %s the next time is %s", (now, next) => {
    expect(new Date(nextClosedMs(at(now), sellingBy(shop), berlin) ?? 0).toISOString()).toBe(next);
  });

  it("that never end leave no time", () => {
    expect(nextClosedMs(at("2026-05-05T01:00:00Z"), sellingBy(always), berlin)).toBeUndefined();
  });

  it("of an hour that comes twice are open both times", () => {
    const night = openingHoursSchema.parse({ weekly: { sun: [["02:00", "02:30"]] } });
    for (const text of ["2026-10-25T00:15:00Z", "2026-10-25T01:15:00Z"]) expect(isOpen(night, berlin(at(text)))).toBe(true);
  });

  it.each<object>([
    { weekly: { mon: [["9:00", "20:00"]] } },
    { weekly: { mon: [["09:00", "24:30"]] } },
    { weekly: { mon: [["09:00", "09:00"]] } },
    { weekly: { mon: [["24:00", "05:00"]] } },
    { weekly: { monday: [] } },
    { weekly: {}, exceptions: { "2026-02-30": [] } },
    { weekly: {}, exceptions: { constructor: [] } },
    {},
  ])("are refused as %j", (value) => {
    expect(openingHoursSchema.safeParse(value).success).toBe(false);
  });
});

describe("an update", () => {
  const night = at("2026-12-22T03:00:00+01:00");
  const noon = at("2026-12-22T12:00:00+01:00");
  const moment = (other: Partial<Moment> = {}): Moment => ({
    nowMs: night,
    clock: berlin,
    selling: sellingBy(shop),
    hoursKnown: true,
    neverCloses: false,
    stagedSinceMs: night - 86_400_000,
    quietestHour: undefined,
    quietForMs: QUIET_MS,
    isDraining: false,
    isReading: false,
    isPaused: false,
    isDiskFull: false,
    ...other,
  });

  it("may be put in place at night, when nothing is under way", () => {
    expect(vetoesOf(moment())).toEqual([]);
  });

  it.each([
    ["clock", { nowMs: undefined }],
    ["open", { nowMs: noon }],
    ["sale", { quietForMs: QUIET_MS - 1 }],
    ["draining", { isDraining: true }],
    ["reading", { isReading: true }],
    ["paused", { isPaused: true }],
    ["disk", { isDiskFull: true }],
  ] as const)("waits: %s", (veto, other) => {
    expect(vetoesOf(moment(other))).toEqual([veto]);
  });

  it("waits where nobody has said when the shop sells for a night in which nothing was sold for hours", () => {
    const unknown = { hoursKnown: false, selling: sellingBy(undefined) };
    expect(vetoesOf(moment({ ...unknown, quietForMs: NIGHT_QUIET_MS }))).toEqual([]);
    expect(vetoesOf(moment({ ...unknown, quietForMs: NIGHT_QUIET_MS - 1 }))).toEqual(["sale"]);
    expect(vetoesOf(moment({ ...unknown, nowMs: noon, quietForMs: 86_400_000 }))).toEqual(["open"]);
  });

  it("of a shop that never closes takes the quietest hour after two weeks, and never over a sale", () => {
    const kiosk = { selling: sellingBy(always), neverCloses: true, quietestHour: 3 };
    const waited = { ...kiosk, stagedSinceMs: night - DEFER_MAX_MS };
    expect(vetoesOf(moment(waited))).toEqual([]);
    expect(vetoesOf(moment({ ...waited, stagedSinceMs: waited.stagedSinceMs + 1 }))).toEqual(["open"]);
    expect(vetoesOf(moment({ ...waited, nowMs: noon, stagedSinceMs: 0 }))).toEqual(["open"]);
    expect(vetoesOf(moment({ ...waited, quietForMs: QUIET_MS - 1 }))).toEqual(["sale"]);
    // One that closes is never hurried.
    expect(vetoesOf(moment({ ...waited, neverCloses: false, nowMs: noon, quietestHour: 12, stagedSinceMs: 0 }))).toEqual(["open"]);
  });
});

it("knows the hour in which least is written", () => {
  const folder = openTestFolder();
  expect(quietestHour(folder.store, berlin)).toBe(3);
  let sequence = 0;
  for (let hour = 0; hour < 24; hour += 1)
    for (let n = 0; n < (hour === 13 ? 1 : 3); n += 1) {
      folder.wallMs = at("2026-12-22T00:30:00+01:00") + hour * 3_600_000;
      appendMany(folder.store, [saleItem({ sequence: (sequence += 1) })]);
    }
  expect(quietestHour(folder.store, berlin)).toBe(13);
  folder.remove();
});
