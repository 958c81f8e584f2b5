import type { Transaction } from "@tillsync/sync-protocol";

/**
 * What an edit may change, as paths in a transaction; `*` is any index. All of it describes or codes: what an article, a
 * tax, a means of payment or a customer is called. What was sold, when, where, for how much and how it was paid is not
 * among it.
 */
const EDITABLE: readonly string[] = [
  "extensions",
  "customerRef",
  "loyalty.programme",
  "loyalty.memberRef",
  "orders.*.orderId",
  "orders.*.system",
  ...["itemId", "gtin", "scanData", "description", "department", "disposition", "reason", "returnReason", "serialNumber"].map(
    (field) => `lines.*.${field}`,
  ),
  ...["sellerId", "orderId", "taxes.*.category", "taxes.*.authority", "taxes.*.exemptReason"].map((field) => `lines.*.${field}`),
  "taxes.*.category",
  "taxes.*.authority",
  "taxes.*.exemptReason",
  "adjustments.*.promotionId",
  "adjustments.*.reason",
  "tenders.*.tenderId",
  ...["scheme", "terminalId", "reference", "authorizationCode", "entryMethod"].map((field) => `tenders.*.card.${field}`),
  "control.reason",
  "control.reportNumber",
  "tenderControl.reason",
  "inventory.reason",
  "inventory.items.*.itemId",
  "inventory.items.*.description",
];
const editable = new Set(EDITABLE);

/** Fields that differ: those that an edit may change, and those that it may not. */
export interface EditDifference {
  readonly changed: readonly string[];
  readonly forbidden: readonly string[];
}

/** Compares field by field; arrays by index, so that a line more or less is a forbidden difference. */
export function compareEdit(original: Transaction, edited: Transaction): EditDifference {
  const differing = differences(original, edited, []);
  const isEditable = (path: readonly string[]): boolean => editable.has(path.map((part) => (/^\d+$/.test(part) ? "*" : part)).join("."));
  return {
    changed: differing.filter(isEditable).map((path) => path.join(".")),
    forbidden: differing.filter((path) => !isEditable(path)).map((path) => path.join(".")),
  };
}

const isBranch = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;

function differences(a: unknown, b: unknown, path: readonly string[]): (readonly string[])[] {
  if (Object.is(a, b)) return [];
  // What may be changed as a whole is not looked into.
  if (!isBranch(a) || !isBranch(b) || Array.isArray(a) !== Array.isArray(b) || editable.has(path.join("."))) {
    return isBranch(a) && isBranch(b) && JSON.stringify(a) === JSON.stringify(b) ? [] : [path];
  }
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return names.flatMap((name) => differences(a[name], b[name], [...path, name]));
}

/** Digits in a row, with spaces or dashes between them, as long as card numbers are; GTINs are shorter. */
const CARD_RUN = /\d(?:[ -]?\d){14,18}/g;

/** Paths of texts in which an edit brings in what looks like a card number. */
export function newCardNumbers(original: Transaction, edited: Transaction): string[] {
  const known = JSON.stringify(original);
  return textsOf(edited, []).flatMap(({ path, text }) =>
    (text.match(CARD_RUN) ?? []).some((run) => !known.includes(run) && passesLuhn(run.replaceAll(/[ -]/g, ""))) ? [path] : [],
  );
}

function textsOf(value: unknown, path: readonly string[]): { path: string; text: string }[] {
  if (typeof value === "string") return [{ path: path.join("."), text: value }];
  return isBranch(value) ? Object.entries(value).flatMap(([name, inner]) => textsOf(inner, [...path, name])) : [];
}

function passesLuhn(digits: string): boolean {
  const sum = digits
    .split("")
    .toReversed()
    .reduce((total, digit, i) => {
      const value = Number(digit) * (i % 2 === 0 ? 1 : 2);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}
