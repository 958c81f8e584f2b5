import { TillsyncError } from "@tillsync/sync-protocol";
import { z } from "zod";
import { readDestinationFields } from "../destinations/destination-file.ts";
import { rateSchema } from "../destinations/rate/rate-rule.ts";
import { feedKindOf } from "./registry.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** How failures are answered: waits double with each, with full jitter, up to the cap. */
const retrySchema = z.strictObject({
  baseMs: z.number().int().min(10).max(MINUTE_MS).default(1_000),
  capMs: z.number().int().min(10).max(DAY_MS).default(600_000),
  /** While address or credentials are wrong, it is tried this often. */
  probeMs: z.number().int().min(10).max(3_600_000).default(180_000),
});

/** Deletions that one round may do by itself; more wait for a person. */
const deletionsSchema = z.strictObject({
  /** Of what the feed has brought. */
  percentMax: z.number().int().min(0).max(100).default(20),
  /** As many are done whatever part of the whole they are, unless the answer was empty. */
  alwaysAllowed: z.number().int().min(0).max(1_000).default(10),
});

const commonShape = {
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "1 to 64 of A-Z a-z 0-9 . _ -"),
  kind: z.string().min(1).max(40),
  /** Between two polls. */
  pollMs: z.number().int().min(1_000).max(DAY_MS).default(MINUTE_MS),
  /** Between two rounds that read everything and find what is gone. */
  fullMs: z
    .number()
    .int()
    .min(MINUTE_MS)
    .max(30 * DAY_MS)
    .default(DAY_MS),
  /** Requests a second, together with destinations of the same credential. */
  rate: rateSchema.optional(),
  retry: retrySchema.default(() => retrySchema.parse({})),
  deletions: deletionsSchema.default(() => deletionsSchema.parse({})),
};
const commonSchema = z.strictObject(commonShape);
/** What every feed has, whatever its kind. */
export type FeedCommon = z.infer<typeof commonSchema>;

export interface FeedFile {
  readonly common: FeedCommon;
  /** The kind's own fields, secrets included. */
  readonly own: Readonly<Record<string, unknown>>;
}

const ISSUES_MAX = 5;

/** Reads and checks a feed's file, secret in a file beside it (`secretFile`) included. Throws `config.unreadable`, `feed.config-invalid`. */
export async function readFeedFile(path: string): Promise<FeedFile> {
  return checkFeed(await readDestinationFields(path));
}

/** Splits a feed's fields into the common and the kind's own, both checked. Throws `feed.config-invalid`. */
export function checkFeed(value: Readonly<Record<string, unknown>>): FeedFile {
  const isCommon = (name: string): boolean => Object.hasOwn(commonShape, name);
  const entries = Object.entries(value);
  const common = check(commonSchema, Object.fromEntries(entries.filter(([name]) => isCommon(name))));
  const own = check(feedKindOf(common.kind).configSchema, Object.fromEntries(entries.filter(([name]) => !isCommon(name))));
  return { common, own: own as Record<string, unknown> };
}

function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, ISSUES_MAX).map((issue) => `${issue.path.join(".") || "file"}: ${issue.message}`);
  throw new TillsyncError("feed.config-invalid", issues.join("; "));
}
