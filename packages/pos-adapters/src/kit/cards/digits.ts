/** Code of the digit zero in the scripts whose ten digits follow each other (Unicode category Nd, basic plane). */
const ZEROS = [
  0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040,
  0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50,
  0xabf0, 0xff10,
] as const;

const unicodeDigits: ReadonlyMap<number, number> = new Map(
  ZEROS.flatMap((zero) => Array.from({ length: 10 }, (_, digit) => [zero + digit, digit] as const)),
);

/** The value of a digit of any script, or -1. Takes UTF-16 units. */
export function digitValue(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  return unit < 0x0660 ? -1 : (unicodeDigits.get(unit) ?? -1);
}

/** Spaces, dashes, dots and invisible marks that people and programs put between the digits of a card number. */
export function isDigitSeparator(unit: number): boolean {
  if (unit < 0x80) return unit === 0x20 || unit === 0x2d || unit === 0x09 || unit === 0x2e || unit === 0x5f || unit === 0x2f;
  return (
    unit === 0xa0 ||
    unit === 0xad ||
    unit === 0xb7 ||
    (unit >= 0x2000 && unit <= 0x2015) ||
    unit === 0x202f ||
    unit === 0x2060 ||
    unit === 0x2212 ||
    unit === 0x3000 ||
    unit === 0xfeff ||
    unit === 0xfe63 ||
    unit === 0xff0d
  );
}

/** Separators between two digits of one run. People type " - "; four and more are columns. */
export const SEPARATORS_MAX = 3;
