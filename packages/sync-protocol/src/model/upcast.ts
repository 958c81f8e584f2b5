import { TillsyncError } from "../errors/tillsync-error.ts";
import { transactionSchema, TRANSACTION_SCHEMA_VERSION, type Transaction } from "./transaction.ts";

/** Turns the shape of version n into that of n + 1. Must keep every fact; must not look at a clock. */
export type Upcaster = (older: Record<string, unknown>) => Record<string, unknown>;

/** `UPCASTERS[n]` lifts version n. A journal may be older than the code that reads it by years. */
export const UPCASTERS: Readonly<Record<number, Upcaster>> = {};

/**
 * Reads a transaction of any known version as the current one.
 * Throws `entry.schema-unknown` for a version without a path, `entry.invalid` naming the first field that is wrong.
 */
export function readTransaction(value: unknown, upcasters: Readonly<Record<number, Upcaster>> = UPCASTERS): Transaction {
  const current = lift(value, upcasters);
  const parsed = transactionSchema.safeParse(current);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new TillsyncError("entry.invalid", issue === undefined ? undefined : `${issue.path.join(".")}: ${issue.message}`);
}

function lift(value: unknown, upcasters: Readonly<Record<number, Upcaster>>): unknown {
  if (typeof value !== "object" || value === null) return value;
  let shape = value as Record<string, unknown>;
  for (let version = shape["schemaVersion"]; version !== TRANSACTION_SCHEMA_VERSION; version = shape["schemaVersion"]) {
    const upcaster = typeof version === "number" ? upcasters[version] : undefined;
    if (upcaster === undefined) throw new TillsyncError("entry.schema-unknown", `schemaVersion ${String(version)}`);
    shape = upcaster(shape);
    if (shape["schemaVersion"] !== (version as number) + 1) throw new Error(`upcaster ${String(version)} did not move the version by one`);
  }
  return shape;
}
