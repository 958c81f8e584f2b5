/** Reading of XML marks on raw units (bytes, or UTF-16 units): all marks are ASCII. */
type Units = Uint8Array | Uint16Array;

export function findChar(units: Units, char: number, from: number, length: number): number {
  const at = units.indexOf(char, from);
  return at >= length ? -1 : at;
}

/** Index of an ASCII text that lies wholly within `[from, length)`, or -1. */
export function findText(units: Units, text: string, from: number, length: number): number {
  const last = text.length - 1;
  for (let at = findChar(units, text.charCodeAt(0), from, length); at >= 0; at = findChar(units, text.charCodeAt(0), at + 1, length)) {
    if (at + last >= length) return -1;
    let i = 1;
    while (i <= last && units[at + i] === text.charCodeAt(i)) i += 1;
    if (i > last) return at;
  }
  return -1;
}

/** Index of the `>` that ends a tag, past quoted attribute values, or -1. */
export function findTagEnd(units: Units, from: number, length: number): number {
  let quote = 0;
  for (let i = from; i < length; i += 1) {
    const unit = units[i] ?? 0;
    if (quote !== 0) {
      if (unit === quote) quote = 0;
    } else if (unit === 0x22 || unit === 0x27) quote = unit;
    else if (unit === 0x3e) return i;
  }
  return -1;
}

export const isBlank = (unit: number | undefined): boolean => unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;

/** The name that begins at `from`, up to a blank, `/` or `>`. Not-ASCII units are kept as they are: names are only compared. */
export function readName(units: Units, from: number): string {
  let end = from;
  while (end < units.length && !isNameEnd(units[end])) end += 1;
  return String.fromCharCode(...units.subarray(from, Math.min(end, from + 200)));
}

export const localName = (name: string): string => name.slice(name.indexOf(":") + 1);

/** Whether exactly this name stands at `from`. */
export function matchesName(units: Units, from: number, name: string): boolean {
  for (let i = 0; i < name.length; i += 1) if (units[from + i] !== name.charCodeAt(i)) return false;
  return isNameEnd(units[from + name.length]);
}

const isNameEnd = (unit: number | undefined): boolean => isBlank(unit) || unit === 0x2f || unit === 0x3e;
