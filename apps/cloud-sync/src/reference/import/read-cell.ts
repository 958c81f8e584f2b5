import { parseAmount } from "@tillsync/sync-protocol";
import type { CellType } from "./mapping.ts";
import { readDate } from "./read-date.ts";

/** What a cell means; undefined: nothing. Or why it means nothing that the type knows; the reason repeats no cell. */
export type CellRead = { readonly value: unknown } | { readonly wrong: string };

/** Reads a cell that is not empty. */
export function readCell(text: string, as: CellType): CellRead {
  switch (as.type) {
    case "text":
      return { value: text };
    case "integer":
      return /^[+-]?[0-9]{1,15}$/.test(text) ? { value: Number(text) } : { wrong: "not a whole number" };
    case "boolean":
      if (as.true.includes(text)) return { value: true };
      return as.false.includes(text) ? { value: false } : { wrong: "neither of the words for true and false" };
    case "amount": {
      const parsed = parseAmount(plainNumber(text, as), as.exponent);
      if (parsed.ok) return { value: parsed.amount };
      return { wrong: parsed.reason === "tooPrecise" ? `more than ${as.exponent} decimals` : "not an amount" };
    }
    case "decimal":
      return readDecimal(plainNumber(text, as));
    case "gtin":
      return readGtin(text);
    case "list":
      return readList(text, as);
    case "date":
      return readDate(text, as);
  }
}

/** A group mark anywhere but before three digits is no group mark: `1.50` of a file with `1.000,00` is no 150. */
function plainNumber(text: string, { decimal, group }: { decimal: string; group?: string | undefined }): string {
  const [whole = "", ...rest] = text.split(decimal);
  if (rest.length > 1) return "";
  const parts = group === undefined ? [whole] : whole.split(group);
  if (parts.slice(1).some((part) => !/^[0-9]{3}$/.test(part))) return "";
  const digits = parts.join("");
  if (rest[0] === undefined) return digits.includes(".") ? "" : digits;
  return digits.includes(".") || rest[0].includes(".") ? "" : `${digits}.${rest[0]}`;
}

function readDecimal(plain: string): CellRead {
  const [, sign, whole = "", fraction] = /^([+-]?)([0-9]{1,15})(?:\.([0-9]{1,12}))?$/.exec(plain) ?? [];
  if (whole === "") return { wrong: "not a decimal number" };
  const text = `${whole.replace(/^0+(?=[0-9])/, "")}${fraction === undefined ? "" : `.${fraction}`}`;
  return { value: sign === "-" ? `-${text}` : text };
}

const readGtin = (text: string): CellRead =>
  /^([0-9]{8}|[0-9]{12,14})$/.test(text) ? { value: text.padStart(14, "0") } : { wrong: "not a GTIN of 8, 12, 13 or 14 digits" };

function readList(text: string, { separator, of }: { separator: string; of: "text" | "gtin" }): CellRead {
  const values: unknown[] = [];
  for (const part of text.split(separator)) {
    const trimmed = part.trim();
    if (trimmed === "") continue;
    const read = of === "gtin" ? readGtin(trimmed) : { value: trimmed };
    if ("wrong" in read) return read;
    values.push(read.value);
  }
  return { value: values };
}
