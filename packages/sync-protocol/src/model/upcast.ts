import { TillsyncError } from "../errors/tillsync-error.ts";
import { transactionSchema, transactionTypes, TRANSACTION_SCHEMA_VERSION, type Transaction } from "./transaction.ts";

/** Turns the shape of version n into that of n + 1. Must keep every fact; must not look at a clock. */
export type Upcaster = (older: Record<string, unknown>) => Record<string, unknown>;

/** `UPCASTERS[n]` lifts version n. A journal may be older than the code that reads it by years. */
export const UPCASTERS: Readonly<Record<number, Upcaster>> = {};

/**
 * Reads a transaction of any known version as the current one.
 * Throws `entry.schema-unknown` for a version without a path and for a type that a later version may know, `entry.invalid`
 * naming the first field that is wrong.
 */
export function readTransaction(value: unknown, upcasters: Readonly<Record<number, Upcaster>> = UPCASTERS): Transaction {
  const current = lift(value, upcasters);
  const parsed = transactionSchema.safeParse(current);
  if (parsed.success) return parsed.data;
  const type = (current as { transactionType?: unknown } | null)?.transactionType;
  if (typeof type === "string" && !transactionTypes.includes(type))
    throw new TillsyncError("entry.schema-unknown", `transactionType ${type.slice(0, TYPE_CHARS_SHOWN)}`);
  const issue = parsed.error.issues[0];
  throw new TillsyncError("entry.invalid", issue === undefined ? undefined : `${issue.path.join(".")}: ${issue.message}`);
}

/** Our own names are shorter; a longer one is none. */
const TYPE_CHARS_SHOWN = 40;

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
