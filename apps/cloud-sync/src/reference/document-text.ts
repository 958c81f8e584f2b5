import type { ReferenceDocument } from "@tillsync/sync-protocol";

/**
 * A document's fields as the text that is stored and travels: `id` first, then every name in one order at every depth, so
 * that equal contents are equal texts whoever wrote them. Absent and undefined are the same.
 */
export function documentText(fields: ReferenceDocument): string {
  const { id, ...rest } = fields;
  return JSON.stringify({ id, ...(ordered(rest) as object) });
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([name, inner]) => [name, ordered(inner)]));
}
