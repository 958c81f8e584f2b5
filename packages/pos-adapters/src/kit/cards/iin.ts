/** Prefixes of the card schemes (ISO/IEC 7812 ranges in use) and the lengths that each issues. `from` and `to` have equal length. */
const RANGES: ReadonlyArray<{ from: string; to: string; lengths: readonly number[] }> = [
  { from: "4", to: "4", lengths: [13, 16, 19] }, // Visa
  { from: "51", to: "55", lengths: [16] }, // Mastercard
  { from: "2221", to: "2720", lengths: [16] }, // Mastercard
  { from: "34", to: "34", lengths: [15] }, // American Express
  { from: "37", to: "37", lengths: [15] }, // American Express
  { from: "300", to: "305", lengths: [14, 16, 17, 18, 19] }, // Diners
  { from: "36", to: "36", lengths: [14, 16, 17, 18, 19] }, // Diners
  { from: "38", to: "39", lengths: [14, 16, 17, 18, 19] }, // Diners
  { from: "3528", to: "3589", lengths: [16, 17, 18, 19] }, // JCB
  { from: "6011", to: "6011", lengths: [16, 17, 18, 19] }, // Discover
  { from: "644", to: "649", lengths: [16, 17, 18, 19] }, // Discover
  { from: "65", to: "65", lengths: [16, 17, 18, 19] }, // Discover, RuPay
  { from: "60", to: "60", lengths: [16] }, // RuPay
  { from: "81", to: "82", lengths: [16] }, // RuPay
  { from: "62", to: "62", lengths: [16, 17, 18, 19] }, // UnionPay
  { from: "2200", to: "2204", lengths: [16, 17, 18, 19] }, // Mir
  { from: "5018", to: "5018", lengths: [13, 14, 15, 16, 17, 18, 19] }, // Maestro
  { from: "5020", to: "5020", lengths: [13, 14, 15, 16, 17, 18, 19] },
  { from: "5038", to: "5038", lengths: [13, 14, 15, 16, 17, 18, 19] },
  { from: "5893", to: "5893", lengths: [13, 14, 15, 16, 17, 18, 19] },
  { from: "6304", to: "6304", lengths: [13, 14, 15, 16, 17, 18, 19] },
  { from: "6759", to: "6763", lengths: [13, 14, 15, 16, 17, 18, 19] },
  { from: "9792", to: "9792", lengths: [16] }, // Troy
];

/** Shortest and longest card number (ISO/IEC 7812-1, as issued today). */
export const CARD_DIGITS_MIN = 13;
export const CARD_DIGITS_MAX = 19;

/** Ranges by first digit, as integers, so that the test of a window is a few comparisons. */
const byFirstDigit = Array.from({ length: 10 }, (_, first) =>
  RANGES.filter((range) => Number(range.from[0]) === first).map(({ from, to, lengths }) => ({
    size: from.length,
    from: Number(from),
    to: Number(to),
    lengths,
  })),
);

/** Whether `digits[start, start + length)` is a card number: a known prefix, a length of that scheme, and Luhn's check digit. */
export function isCardNumber(digits: readonly number[], start: number, length: number): boolean {
  const ranges = byFirstDigit[digits[start] ?? -1];
  if (ranges === undefined || !ranges.some((range) => range.lengths.includes(length) && isPrefix(digits, start, range))) return false;
  let sum = 0;
  for (let back = 0; back < length; back += 1) {
    const digit = digits[start + length - 1 - back] ?? 0;
    sum += back % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
}

function isPrefix(digits: readonly number[], start: number, range: { size: number; from: number; to: number }): boolean {
  let prefix = 0;
  for (let i = 0; i < range.size; i += 1) prefix = prefix * 10 + (digits[start + i] ?? 0);
  return prefix >= range.from && prefix <= range.to;
}

/** Whether the digits are a GTIN-8, -12, -13 or -14 (GS1 check digit). */
export function isGtin(digits: readonly number[], start = 0, length = digits.length): boolean {
  if (length !== 8 && length !== 12 && length !== 13 && length !== 14) return false;
  let sum = 0;
  for (let back = 1; back < length; back += 1) sum += (digits[start + length - 1 - back] ?? 0) * (back % 2 === 1 ? 3 : 1);
  return (10 - (sum % 10)) % 10 === digits[start + length - 1];
}
