import { readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { z } from "zod";
import { connectorOf } from "../connectors/registry.ts";
import { categories } from "../transactions/category.ts";
import { rateSchema } from "./rate/rate-rule.ts";

/** Requests to one destination and shard at once. Enough to hide 10 ms of latency at a thousand items a second. */
const CONCURRENCY = 16;
/** Enough for a thousand keys at 100 ms and more; each costs a connection to an HTTP receiver, and the window holds four items for it. */
const CONCURRENCY_MAX = 2_000;

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
  /**
   * After a send without an answer, "it is not there" is believed only this much later, where a repeat would count twice:
   * the receiver may still be at work on what it was sent.
   */
  settleMs: z.number().int().min(0).max(3_600_000).default(20_000),
});
export type RetryRule = z.infer<typeof retrySchema>;

/** How long a return waits for its sale, and what becomes of it then. */
const causesSchema = z.strictObject({
  waitMs: z
    .number()
    .int()
    .min(1_000)
    .max(365 * 86_400_000)
    .default(3 * 86_400_000),
  /** `send`: it goes out without what it is about; a receiver that cannot take it so has it parked all the same. */
  overdue: z.enum(["park", "send"]).default("park"),
});
export type CausesRule = z.infer<typeof causesSchema>;

const commonShape = {
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "1 to 64 of A-Z a-z 0-9 . _ -"),
  kind: z.string().min(1).max(40),
  include: z
    .array(z.enum(categories))
    .min(1)
    .refine((list) => new Set(list).size === list.length, "named twice")
    .default(["sales"]),
  concurrency: z.number().int().min(1).max(CONCURRENCY_MAX).default(CONCURRENCY),
  /** What the receiver takes; shared by everything that uses the same credential. Without it, a limit is learnt from refusals. */
  rate: rateSchema.optional(),
  retry: retrySchema.default(() => retrySchema.parse({})),
  causes: causesSchema.default(() => causesSchema.parse({})),
  /** Time of one item, look-up and all its requests together; without it twice the deadline of one request, and 30 s at least. */
  sendMs: z.number().int().min(1_000).max(600_000).optional(),
};
export const commonSchema = z.strictObject(commonShape);
/** What every destination has, whatever its kind. */
export type CommonConfig = z.infer<typeof commonSchema>;

export interface DestinationFile {
  readonly common: CommonConfig;
  /** The connector's own fields, secrets included. */
  readonly own: Readonly<Record<string, unknown>>;
}

/** A destination's file stays small; a mapping of some thousand articles fits. More is no configuration. */
export const FILE_BYTES_MAX = 1024 * 1024;

/** Mistakes named at once. */
const ISSUES_MAX = 5;

/** Fields that may lie in a file of their own, named by the field with `File` after it: secrets, and what is PEM elsewhere too. */
const FIELDS_OF_FILES = ["secret", "ca", "clientCertificate", "clientKey"] as const;

/**
 * Reads and checks a destination's file. `secretFile`, `caFile`, `clientCertificateFile` and `clientKeyFile` name files
 * beside it that hold that field alone. Throws `config.unreadable` and `destination.config-invalid`, naming the field.
 */
export async function readDestinationFile(path: string): Promise<DestinationFile> {
  return checkDestination(await readDestinationFields(path));
}

/** The fields of a destination's file as they stand there, those of files of their own among them; unchecked. */
export async function readDestinationFields(path: string): Promise<Record<string, unknown>> {
  const fields = parse(await readText(path), path);
  for (const field of FIELDS_OF_FILES) {
    const pointer = `${field}File`;
    if (!Object.hasOwn(fields, pointer)) continue;
    const file = fields[pointer];
    if (typeof file !== "string" || Object.hasOwn(fields, field))
      throw new TillsyncError("destination.config-invalid", `${pointer}: a path, and no ${field} beside it`);
    delete fields[pointer];
    fields[field] = (await readText(resolve(dirname(path), file))).trim();
  }
  return fields;
}

/** Splits a destination's fields into the common and the connector's own, both checked. Throws `destination.config-invalid`. */
export function checkDestination(value: Readonly<Record<string, unknown>>): DestinationFile {
  const isCommon = (name: string): boolean => Object.hasOwn(commonShape, name);
  const entries = Object.entries(value);
  const common = check(commonSchema, Object.fromEntries(entries.filter(([name]) => isCommon(name))));
  const connector = connectorOf(common.kind);
  const { categories: taken } = connector.manifest.capabilities;
  const stray = common.include.find((category) => !taken.includes(category));
  if (stray !== undefined)
    throw new TillsyncError("destination.config-invalid", `include: ${common.kind} takes ${taken.join(", ")}, not ${stray}`);
  const own = check(connector.configSchema, Object.fromEntries(entries.filter(([name]) => !isCommon(name))));
  return { common, own: own as Record<string, unknown> };
}

async function readText(path: string): Promise<string> {
  const refuse = (cause: unknown): never => {
    throw new TillsyncError("config.unreadable", path, { cause });
  };
  const { size } = await stat(path).catch(refuse);
  if (size > FILE_BYTES_MAX) throw new TillsyncError("config.unreadable", `${path}: ${size} bytes, at most ${FILE_BYTES_MAX}`);
  return (await readFile(path).catch(refuse)).toString("utf8");
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
  throw new TillsyncError("destination.config-invalid", parsed.error.issues.slice(0, ISSUES_MAX).map(issueText).join("; "));
}

/** Names of fields and what was expected, never what stood there. */
function issueText(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => `${[...issue.path, key].join(".")}: no such field`).join("; ");
  return `${issue.path.join(".")}: ${issue.message}`;
}
