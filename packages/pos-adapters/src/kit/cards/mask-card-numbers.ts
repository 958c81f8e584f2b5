import { digitValue, isDigitSeparator, SEPARATORS_MAX } from "./digits.ts";
import { findCards, type DigitRun } from "./find-cards.ts";
import { CARD_DIGITS_MAX, CARD_DIGITS_MIN, isCardNumber, isGtin } from "./iin.ts";

export interface MaskedText {
  readonly text: string;
  /** How many card numbers and tracks were masked. */
  readonly found: number;
}

/** Track one (`%B4111...^NAME/OF HOLDER^2512...?`) and track two (`;4111...=2512...?`): they are masked whole. */
const TRACKS = /%?[A-Za-z][0-9]{13,19}\^[^^?]{1,40}\^[^?\r\n]{0,120}\??|;?[0-9]{13,19}[=D][0-9]{4,40}\??/g;
/** Thirteen digits with up to three characters between them, or any character outside ASCII: worth a closer look. */
const MAYBE_CARD = /(?:[0-9][^0-9A-Za-z]{0,3}){13}|[\u0080-\uffff]/;

/**
 * Masks card numbers in a text: 13 to 19 digits (of any script, with spaces and dashes between) that begin like a known
 * card scheme, have a length of that scheme and pass Luhn keep their last four; track data goes whole. The result has the
 * length of the text. How many other numbers are hit by chance is measured in `mask-card-numbers.property.test.ts`.
 */
export function maskCardNumbers(text: string): MaskedText {
  return mask(text, true);
}

/**
 * Masks an identifier that a receipt is known by. Only a card number that stands alone counts: one found by chance inside
 * a longer number would cost the receipt its name.
 */
export const maskIdentifier = (text: string): string => mask(text, false).text;

function mask(text: string, glued: boolean): MaskedText {
  if (text.length < CARD_DIGITS_MIN) return { text, found: 0 };
  if (!MAYBE_CARD.test(text)) return { text, found: 0 };
  let found = 0;
  const masked = text.replace(TRACKS, (track) => {
    found += 1;
    return "*".repeat(track.length);
  });
  const places: number[] = [];
  for (const run of digitRuns(masked)) {
    for (const card of findCards(run, glued)) {
      found += 1;
      places.push(...run.at.slice(card.first, card.end - 4));
    }
  }
  return { text: places.length === 0 ? masked : starAt(masked, places), found };
}

/**
 * Masks an article code (item id, GTIN, scan data). Here 13 and 14 digits are a GTIN with its check digit, or a code
 * padded with zeros, far more often than a card: those stay. Only a code that is a card number as a whole is masked.
 */
export function maskItemCode(code: string): string {
  if (code.length < CARD_DIGITS_MIN) return code;
  if (!/^[0-9]+$/.test(code)) return maskCardNumbers(code).text;
  const digits = Array.from(code, Number);
  if (digits[0] === 0 || isGtin(digits)) return code;
  if (code.length > CARD_DIGITS_MAX || !isCardNumber(digits, 0, digits.length)) return code;
  return "*".repeat(code.length - 4) + code.slice(-4);
}

function starAt(text: string, places: readonly number[]): string {
  const units = text.split("");
  for (const place of places) units[place] = "*";
  return units.join("");
}

function* digitRuns(text: string): Iterable<DigitRun> {
  let digits: number[] = [];
  let at: number[] = [];
  let groups: number[] = [];
  let separators = 0;
  for (let i = 0; i <= text.length; i += 1) {
    const unit = i < text.length ? text.charCodeAt(i) : 0;
    const digit = digitValue(unit);
    if (digit >= 0) {
      if (digits.length === 0 || separators > 0) groups.push(digits.length);
      digits.push(digit);
      at.push(i);
      separators = 0;
    } else if (digits.length > 0) {
      separators += 1;
      if (separators <= SEPARATORS_MAX && isDigitSeparator(unit)) continue;
      if (digits.length >= CARD_DIGITS_MIN) yield { digits, at, groups };
      [digits, at, groups, separators] = [[], [], [], 0];
    }
  }
}
