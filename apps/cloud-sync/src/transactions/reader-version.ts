import { createHash } from "node:crypto";
import { entryBodySchemas, transactionSchema, TRANSACTION_SCHEMA_VERSION, UPCASTERS, type Upcaster } from "@tillsync/sync-protocol";
import { z } from "zod";

/** Moved by hand when a rule of `interpretEntry` or `decidePage` changes what is taken up. */
const RULES_VERSION = 3;

/**
 * The whole shape of what is read: a new type, field or value is known from then on without anyone having to remember it
 * here. Made once; it takes some 20 ms.
 */
let shape: string | undefined;
const shapeOfTransactions = (): string =>
  (shape ??= createHash("sha256")
    .update(JSON.stringify(z.toJSONSchema(transactionSchema, { io: "input" })))
    .digest("base64url"));

/**
 * What this version can read, in short. A reader that finds another value beside its cursor looks again at everything
 * set aside: what was unknown yesterday may be known today.
 */
export function readerVersion(upcasters: Readonly<Record<number, Upcaster>> = UPCASTERS, transactions = shapeOfTransactions()): string {
  const known = {
    rules: RULES_VERSION,
    schema: TRANSACTION_SCHEMA_VERSION,
    transactions,
    upcasters: Object.keys(upcasters).toSorted(),
    types: Object.keys(entryBodySchemas).toSorted(),
  };
  return createHash("sha256").update(JSON.stringify(known)).digest("base64url").slice(0, 22);
}
