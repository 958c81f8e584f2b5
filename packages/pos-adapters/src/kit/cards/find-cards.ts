import { CARD_DIGITS_MAX, CARD_DIGITS_MIN, isCardNumber, isGtin } from "./iin.ts";

/** Digits that stand together with few separators between them. `at` are their places; a group is a stretch without separator. */
export interface DigitRun {
  readonly digits: readonly number[];
  readonly at: readonly number[];
  /** Index of the first digit of each group. */
  readonly groups: readonly number[];
}

/** Digits `[first, end)` of a run that are a card number. */
export interface CardSpan {
  readonly first: number;
  readonly end: number;
}

/** Shortest card number that is looked for inside a longer row of digits. Shorter ones are rare, and chance finds them everywhere. */
const GLUED_MIN = 15;
/** Longest such: nearly all cards have 15 or 16 digits. */
const GLUED_MAX = 16;

/**
 * Finds the card numbers of a run, leftmost and longest first, without overlap. Two ways of standing in a text count:
 *
 * - as one group, or, of 15 or 16 digits, at any place inside one (a card number glued to other digits);
 * - over several groups, where it begins and ends with a group, or where all groups between have four digits (a card
 *   number written in fours with something glued to its ends).
 *
 * Any window over any separators would also be found by chance in columns of numbers, and would destroy them.
 * A group of exactly 13 digits with a valid GS1 check digit stays: it is an article number. Cards of 13 digits have not
 * been issued for decades. Without `glued`, a card number must begin and end where groups do.
 */
export function findCards(run: DigitRun, glued = true): CardSpan[] {
  const found: CardSpan[] = [];
  const { digits } = run;
  for (let first = 0; first + CARD_DIGITS_MIN <= digits.length; first += 1) {
    for (let length = Math.min(CARD_DIGITS_MAX, digits.length - first); length >= CARD_DIGITS_MIN; length -= 1) {
      if (!isCardNumber(digits, first, length) || !mayStand(run, first, first + length, glued)) continue;
      found.push({ first, end: first + length });
      first += length - 1;
      break;
    }
  }
  return found;
}

function mayStand(run: DigitRun, first: number, end: number, glued: boolean): boolean {
  const { groups, digits } = run;
  const groupStart = groups.findLastIndex((start) => start <= first);
  const groupEnd = groups.findLastIndex((start) => start < end);
  const startOf = (group: number): number => groups[group] ?? digits.length;
  if (groupStart === groupEnd) {
    const whole = startOf(groupStart) === first && startOf(groupStart + 1) === end;
    if (whole) return !(end - first === 13 && isGtin(digits, first, 13));
    return glued && end - first >= GLUED_MIN && end - first <= GLUED_MAX;
  }
  if (startOf(groupStart) === first && startOf(groupEnd + 1) === end) return true;
  if (!glued) return false;
  for (let group = groupStart + 1; group < groupEnd; group += 1) if (startOf(group + 1) - startOf(group) !== 4) return false;
  return startOf(groupStart + 1) - first === 4 && (end - startOf(groupEnd) === 4 || startOf(groupEnd + 1) === end);
}
