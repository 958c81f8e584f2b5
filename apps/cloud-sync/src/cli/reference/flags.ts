import { collections, collectionSchema, scopeSchema, TillsyncError, type Collection, type Scope } from "@tillsync/sync-protocol";
import type { parseFlags } from "../parse-flags.ts";

export const FLAGS = {
  collection: { type: "string" },
  scope: { type: "string" },
  mapping: { type: "string" },
  replace: { type: "boolean", default: false },
  "max-deleted-percent": { type: "string" },
  move: { type: "boolean", default: false },
  "dry-run": { type: "boolean", default: false },
  after: { type: "string" },
  limit: { type: "string" },
} as const;
export type Values = ReturnType<typeof parseFlags<typeof FLAGS>>["values"];

export function readCollection(text: string | undefined): Collection {
  const parsed = collectionSchema.safeParse(text);
  if (!parsed.success) throw new TillsyncError("usage.invalid", `COLLECTION: one of ${collections.join(", ")}`);
  return parsed.data;
}

export function readScope(text: string | undefined): Scope | undefined {
  if (text === undefined) return undefined;
  const parsed = scopeSchema.safeParse(text);
  if (!parsed.success) throw new TillsyncError("usage.invalid", "--scope: all, store:ID or terminal:ID");
  return parsed.data;
}
