import { isClosedAt, type IsSelling } from "./closed-times.ts";
import type { LocalTime } from "./local-time.ts";

/** After the last sale or request of a POS: a customer may still be at the till. */
export const QUIET_MS = 10 * 60_000;
/** Where nobody has said when the shop sells, the night alone is not enough: nothing may have been sold for this long. */
export const NIGHT_QUIET_MS = 3 * 3_600_000;
/** A shop that never closes is waited for this long; then the quietest hour of its day will do. One that closes is never hurried. */
export const DEFER_MAX_MS = 14 * 86_400_000;
/** An update that could not be put in place for this long is told to a person. */
export const OVERDUE_MS = 21 * 86_400_000;

/** Why an update may not be put in place now. */
export type Veto = "clock" | "open" | "sale" | "draining" | "reading" | "paused" | "disk";

export interface Moment {
  /** The right time as far as it is known; undefined: the clock cannot be believed, and so no hour. */
  readonly nowMs: number | undefined;
  readonly clock: (ms: number) => LocalTime;
  readonly selling: IsSelling;
  /** Whether anybody has said when the shop sells. */
  readonly hoursKnown: boolean;
  /** Whether the hours that are known leave no room for an update in the days to come. */
  readonly neverCloses: boolean;
  readonly stagedSinceMs: number;
  /** 0 to 23: in which least was sold of late; undefined: not known. */
  readonly quietestHour: number | undefined;
  /** Since the last sale or request, by the steady clock. */
  readonly quietForMs: number;
  readonly isDraining: boolean;
  readonly isReading: boolean;
  readonly isPaused: boolean;
  readonly isDiskFull: boolean;
}

/** All that speaks against it; nothing does: an empty list. Pure. */
export function vetoesOf(moment: Moment): Veto[] {
  const { nowMs } = moment;
  const vetoes: Veto[] = [];
  if (nowMs === undefined) vetoes.push("clock");
  else if (!hasClosed(moment, nowMs)) vetoes.push("open");
  if (moment.quietForMs < (moment.hoursKnown ? QUIET_MS : NIGHT_QUIET_MS)) vetoes.push("sale");
  if (moment.isDraining) vetoes.push("draining");
  if (moment.isReading) vetoes.push("reading");
  if (moment.isPaused) vetoes.push("paused");
  if (moment.isDiskFull) vetoes.push("disk");
  return vetoes;
}

/** Whether the update has waited so long that the quietest hour counts as closed. */
const isLate = ({ nowMs, stagedSinceMs }: Moment): boolean => nowMs !== undefined && nowMs - stagedSinceMs >= DEFER_MAX_MS;

function hasClosed(moment: Moment, nowMs: number): boolean {
  const { clock, selling, quietestHour } = moment;
  if (isClosedAt(nowMs, selling, clock)) return true;
  return moment.neverCloses && isLate(moment) && quietestHour !== undefined && Math.floor(clock(nowMs).minute / 60) === quietestHour;
}
