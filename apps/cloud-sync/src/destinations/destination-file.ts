import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { z } from "zod";
import { connectorOf } from "../connectors/registry.ts";
import { categories } from "../transactions/category.ts";

/** Requests to one destination and shard at once. Enough to hide 10 ms of latency at a thousand items a second. */
const CONCURRENCY = 16;
const CONCURRENCY_MAX = 64;

/** When a failing item is tried again, and when a person must look. */
export const retrySchema = z.strictObject({
  /** The wait after the first failure, doubled with each, with full jitter. */
  baseMs: z.number().int().min(10).max(60_000).default(1_000),
  capMs: z.number().int().min(10).max(86_400_000).default(600_000),
  /** Attempts of an item that fails while others succeed; then it is parked. */
  maxAttempts: z.number().int().min(1).max(1_000).default(30),
  /** Age of the first failure from which `ageAttemptsMin` of them suffice. */
  maxAgeMs: z
    .number()
    .int()
    .min(1_000)
    .default(3 * 86_400_000),
  ageAttemptsMin: z.number().int().min(1).default(5),
  /** Different ordering keys that fail in a row before all sending pauses: one bad receipt alone never does that. */
  breakerFailures: z.number().int().min(1).max(1_000).default(10),
  breakerCapMs: z.number().int().min(10).max(3_600_000).default(60_000),
  /** While address or credentials are wrong, one item is tried this often. */
  probeMs: z.number().int().min(10).max(3_600_000).default(180_000),
  /** Parked items from which the destination stands still: something is wrong with all of them. */
  parkedMax: z.number().int().min(1).max(1_000_000).default(10_000),
});
export type RetryRule = z.infer<typeof retrySchema>;

const commonShape = {
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "1 to 64 of A-Z a-z 0-9 . _ -"),
  kind: z.string().min(1).max(40),
  include: z
    .array(z.enum(categories))
    .min(1)
    .refine((list) => new Set(list).size === list.length, "named twice")
    .default(["sales"]),
  concurrency: z.number().int().min(1).max(CONCURRENCY_MAX).default(CONCURRENCY),
  retry: retrySchema.default(() => retrySchema.parse({})),
};
export const commonSchema = z.strictObject(commonShape);
/** What every destination has, whatever its kind. */
export type CommonConfig = z.infer<typeof commonSchema>;

export interface DestinationFile {
  readonly common: CommonConfig;
  /** The connector's own fields, secrets included. */
  readonly own: Readonly<Record<string, unknown>>;
}

/** A destination's file stays small; more is no configuration. */
const FILE_BYTES_MAX = 64 * 1024;

/**
 * Reads and checks a destination's file. `secretFile` names a file beside it that holds the secret alone.
 * Throws `config.unreadable` and `destination.config-invalid`, naming the field.
 */
export async function readDestinationFile(path: string): Promise<DestinationFile> {
  const value = parse(await readText(path), path);
  const { secretFile, ...rest } = value;
  if (secretFile === undefined) return checkDestination(rest);
  if (typeof secretFile !== "string" || "secret" in rest)
    throw new TillsyncError("destination.config-invalid", "secretFile: a path, and no secret beside it");
  return checkDestination({ ...rest, secret: (await readText(resolve(dirname(path), secretFile))).trim() });
}

/** Splits a destination's fields into the common and the connector's own, both checked. Throws `destination.config-invalid`. */
export function checkDestination(value: Readonly<Record<string, unknown>>): DestinationFile {
  const isCommon = (name: string): boolean => Object.hasOwn(commonShape, name);
  const entries = Object.entries(value);
  const common = check(commonSchema, Object.fromEntries(entries.filter(([name]) => isCommon(name))));
  const own = check(connectorOf(common.kind).configSchema, Object.fromEntries(entries.filter(([name]) => !isCommon(name))));
  return { common, own: own as Record<string, unknown> };
}

async function readText(path: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new TillsyncError("config.unreadable", path, { cause });
  });
  if (bytes.length > FILE_BYTES_MAX) throw new TillsyncError("config.unreadable", `${path}: ${bytes.length} bytes`);
  return bytes.toString("utf8");
}

function parse(text: string, path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // No cause: the parser quotes the text, and the text has a secret in it.
    throw new TillsyncError("config.unreadable", `${path}: no JSON`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new TillsyncError("destination.config-invalid", "an object");
  return value as Record<string, unknown>;
}

function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new TillsyncError("destination.config-invalid", `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}`);
}
