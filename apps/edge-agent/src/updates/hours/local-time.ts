/** A moment as clocks of a zone show it. */
export interface LocalTime {
  /** `2026-03-29` */
  readonly date: string;
  /** 0 to 1439. */
  readonly minute: number;
}

/** Reads moments by the clocks of a zone, or by this machine's. Making one is dear, asking it is cheap. */
export function localClock(timeZone: string | undefined): (ms: number) => LocalTime {
  const format = new Intl.DateTimeFormat("en-CA", {
    ...(timeZone === undefined ? {} : { timeZone }),
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  return (ms) => {
    const part = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
    return { date: `${part["year"]}-${part["month"]}-${part["day"]}`, minute: Number(part["hour"]) * 60 + Number(part["minute"]) };
  };
}

const DAY_MS = 86_400_000;

/** The date before one of a calendar, whatever clocks do. */
export const dateBefore = (date: string): string => new Date(Date.parse(`${date}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10);

export const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
export const weekdayOf = (date: string): (typeof weekdays)[number] => weekdays[new Date(`${date}T00:00:00Z`).getUTCDay()] ?? "sun";
