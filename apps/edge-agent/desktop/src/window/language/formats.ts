import { formatAmount, type Amount } from "@tillsync/sync-protocol";

/** How the window writes figures for people. Times are of the store's own zone. */
export interface Formats {
  readonly count: (n: number) => string;
  /** An amount in integer minor units as text, with its currency's sign. */
  readonly money: (minor: string, currency: string, exponent: number) => string;
  /** An exact decimal as text: a quantity, a weight. */
  readonly decimal: (text: string) => string;
  readonly bytes: (n: number) => string;
  /** 10:42, or with its day when that is not `nowMs`'s. */
  readonly time: (atMs: number, nowMs?: number) => string;
  readonly dateTime: (atMs: number) => string;
  /** A business day, `YYYY-MM-DD`, which belongs to no zone. */
  readonly businessDay: (day: string) => string;
  /** A length of time in its two largest units. */
  readonly duration: (ms: number) => string;
}

/** Exact: the text of a decimal is never turned into a float. */
type Exact = Intl.StringNumericLiteral;

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

/** `timeZone` null or unknown to this machine: the machine's own. */
export function openFormats(locale: string, timeZone: string | null): Formats {
  const zone = knownZone(timeZone);
  const count = new Intl.NumberFormat(locale);
  const clock = new Intl.DateTimeFormat(locale, { ...zone, hour: "2-digit", minute: "2-digit" });
  const full = new Intl.DateTimeFormat(locale, { ...zone, dateStyle: "medium", timeStyle: "short" });
  const day = new Intl.DateTimeFormat(locale, { timeZone: "UTC", weekday: "short", year: "numeric", month: "long", day: "numeric" });
  const sameDay = new Intl.DateTimeFormat("en-CA", { ...zone, dateStyle: "short" });
  const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 12 });
  const currencies = new Map<string, Intl.NumberFormat>();
  const inUnit = unitFormats(locale);
  const join = new Intl.ListFormat(locale, { type: "unit", style: "narrow" });
  return {
    count: (n) => count.format(n),
    money: (minor, currency, exponent) =>
      moneyFormat(currencies, locale, currency, exponent).format(formatAmount(minor as Amount, exponent) as Exact),
    decimal: (text) => decimal.format(text as Exact),
    bytes: (n) => (n < 1_000 ? inUnit("byte", n) : inUnit("kilobyte", Math.round(n / 1_000))),
    time: (atMs, nowMs = atMs) => (sameDay.format(atMs) === sameDay.format(nowMs) ? clock : full).format(atMs),
    dateTime: (atMs) => full.format(atMs),
    businessDay: (text) => day.format(new Date(`${text}T00:00:00Z`)),
    duration: (ms) => join.format(split(ms).map(([unit, n]) => inUnit(unit, n))),
  };
}

/** For Intl: nothing for a zone that this machine does not know, as the store's document may have one. Then it is the machine's own. */
export function knownZone(timeZone: string | null): Intl.DateTimeFormatOptions {
  if (timeZone === null) return {};
  try {
    return { timeZone: new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone };
  } catch {
    return {};
  }
}

function moneyFormat(known: Map<string, Intl.NumberFormat>, locale: string, currency: string, exponent: number): Intl.NumberFormat {
  const key = `${currency}/${exponent}`;
  const found = known.get(key) ?? makeMoneyFormat(locale, currency, exponent);
  known.set(key, found);
  return found;
}

function makeMoneyFormat(locale: string, currency: string, exponent: number): Intl.NumberFormat {
  const digits = { minimumFractionDigits: exponent, maximumFractionDigits: exponent };
  try {
    return new Intl.NumberFormat(locale, { ...digits, style: "currency", currency });
  } catch {
    return new Intl.NumberFormat(locale, digits);
  }
}

function unitFormats(locale: string): (unit: string, n: number) => string {
  const known = new Map<string, Intl.NumberFormat>();
  return (unit, n) => {
    const format =
      known.get(unit) ?? new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: unit.endsWith("byte") ? "short" : "long" });
    known.set(unit, format);
    return format.format(n);
  };
}

/** The largest unit that the time fills, and the next smaller one where it says something; what is negative counts as nothing. */
function split(ms: number): [string, number][] {
  const left = Math.max(0, ms);
  const at = UNITS.findIndex(([, size]) => left >= size);
  if (at === -1) return [["second", 0]];
  const [first, next] = [UNITS[at], UNITS[at + 1]];
  if (first === undefined) return [];
  const rest = next === undefined ? 0 : Math.floor((left % first[1]) / next[1]);
  return [[first[0], Math.floor(left / first[1])], ...(next === undefined || rest === 0 ? [] : [[next[0], rest] as [string, number]])];
}
