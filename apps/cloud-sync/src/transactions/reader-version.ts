import { createHash } from "node:crypto";
import { entryBodySchemas, TRANSACTION_SCHEMA_VERSION, UPCASTERS, type Upcaster } from "@tillsync/sync-protocol";

/** Moved by hand when a rule of `interpretEntry` or `decidePage` changes what is taken up. */
const RULES_VERSION = 1;

/**
 * What this version can read, in short. A reader that finds another value beside its cursor looks again at everything
 * set aside: what was unknown yesterday may be known today.
 */
export function readerVersion(upcasters: Readonly<Record<number, Upcaster>> = UPCASTERS): string {
  const known = {
    rules: RULES_VERSION,
    schema: TRANSACTION_SCHEMA_VERSION,
    upcasters: Object.keys(upcasters).toSorted(),
    types: Object.keys(entryBodySchemas).toSorted(),
  };
  return createHash("sha256").update(JSON.stringify(known)).digest("base64url").slice(0, 22);
}
