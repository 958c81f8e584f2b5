import { createHash } from "node:crypto";

/** A price as the cloud lists it, with the scope where it lives. */
export type ListedPrice = Readonly<Record<string, unknown>> & { readonly id: string };

export interface ChangedPrice {
  readonly id: string;
  readonly version: number;
  readonly schemaVersion: number;
}

/**
 * What `edge-agent reference digest prices` says of a till that has exactly these prices: made from the cloud's own list, so
 * that equal digests mean equal prices. Every document is in its first version but the changed one.
 */
export function digestPrices(rows: readonly ListedPrice[], changed: ChangedPrice): string {
  const hash = createHash("sha256");
  for (const row of rows.toSorted((a, b) => inOrder(a.id, b.id))) {
    const { scope: _scope, ...fields } = row;
    const version = row.id === changed.id ? changed.version : 1;
    const document = { ...fields, schemaVersion: changed.schemaVersion, version, _deleted: false };
    hash.update(`prices ${JSON.stringify(Object.fromEntries(Object.entries(document).toSorted(([a], [b]) => inOrder(a, b))))}\n`);
  }
  return hash.digest("hex");
}

const inOrder = (a: string, b: string): number => (a < b ? -1 : 1);
