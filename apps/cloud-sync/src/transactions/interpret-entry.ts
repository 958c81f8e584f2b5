import { createHash } from "node:crypto";
import {
  type EpochStartBody,
  capturedTransactionSchema,
  entryBodySchemas,
  entryEnvelopeSchema,
  identitySchema,
  isRetail,
  naturalKey,
  orderingKey,
  readTransaction,
  TillsyncError,
  type ErrorCode,
  type Transaction,
  type Upcaster,
  UPCASTERS,
} from "@tillsync/sync-protocol";
import { z } from "zod";
import type { LogEntry } from "../event-log/log-entry.ts";
import { readSteps } from "../orders/read-steps.ts";
import type { TimedStep } from "../orders/told-order.ts";
import { categoryOf, type Category } from "./category.ts";
import { cleanText } from "./clean-text.ts";

/** What the read model keeps of a transaction. Amounts are minor units. */
export interface Projection {
  readonly naturalKey: string;
  readonly orderingKey: string;
  /** SHA-256 of the canonical transaction, hex: which content, whoever captured it from wherever. */
  readonly contentHash: string;
  readonly sourceRevision: number;
  readonly type: Transaction["transactionType"];
  readonly status: Transaction["status"];
  readonly training: boolean;
  /** As the transaction by itself would have it; what became of its orders may take it back. */
  readonly category: Category | undefined;
  /** Steps of orders that it tells. */
  readonly steps: readonly TimedStep[];
  readonly store: string;
  readonly workstation: string;
  readonly businessDay: string;
  readonly currency: string | undefined;
  readonly exponent: number | undefined;
  readonly grand: string | undefined;
}

/** Why an entry is not taken up. `naturalKey` as far as it could be read: what waits behind it. */
export interface Refusal {
  readonly kind: "refused";
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly naturalKey: string | undefined;
}

export type Interpreted =
  | { readonly kind: "transaction"; readonly projection: Projection }
  /** A new life of a journal began; nothing was sold. */
  | { readonly kind: "epoch-start"; readonly body: EpochStartBody }
  | Refusal;

const decoder = new TextDecoder("utf-8", { fatal: true });
const outerSchema = capturedTransactionSchema.extend({ transaction: z.unknown() });
const epochStartSchema = entryBodySchemas["epoch-start"];

/**
 * Reads one entry by what this version knows. Never throws for what a terminal wrote: whatever cannot be understood is
 * a `Refusal` with its reason. It asks no rule that needs the database; `decidePage` does.
 */
export function interpretEntry(entry: LogEntry, upcasters: Readonly<Record<number, Upcaster>> = UPCASTERS): Interpreted {
  let body: unknown;
  try {
    const envelope = readEnvelope(entry);
    body = envelope.body;
    if (envelope.type === "transaction") return { kind: "transaction", projection: readCaptured(body, upcasters) };
    if (envelope.type === "epoch-start") return readEpochStart(body);
    throw new TillsyncError("entry.type-unknown", envelope.type);
  } catch (error) {
    return refusal(error, body);
  }
}

export function refusal(error: unknown, body: unknown): Refusal {
  const known = error instanceof TillsyncError ? error : new TillsyncError("internal.unexpected", (error as Error).name);
  return { kind: "refused", code: known.code, detail: cleanText(known.detail), naturalKey: keyOf(body) };
}

function readEnvelope(entry: LogEntry): z.infer<typeof entryEnvelopeSchema> {
  const envelope = check(entryEnvelopeSchema, parseJson(entry.line), "");
  if (envelope.seq !== entry.seq) throw new TillsyncError("entry.invalid", `seq: ${envelope.seq} at number ${entry.seq} of the journal`);
  return envelope;
}

function parseJson(line: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(line));
  } catch (cause) {
    // The parser's own message quotes the text, which may hold anything.
    throw new TillsyncError("entry.invalid", "line: no UTF-8 JSON", { cause });
  }
}

function readCaptured(body: unknown, upcasters: Readonly<Record<number, Upcaster>>): Projection {
  const outer = check(outerSchema, body, "body.");
  try {
    return project(readTransaction(outer.transaction, upcasters), outer.revision);
  } catch (error) {
    if (error instanceof TillsyncError) throw new TillsyncError(error.code, `body.transaction.${error.detail ?? ""}`, { cause: error });
    throw error;
  }
}

function project(transaction: Transaction, sourceRevision: number): Projection {
  const { identity } = transaction;
  for (const [field, text] of Object.entries(identity))
    if (cleanText(text) !== text) throw new TillsyncError("entry.invalid", `identity.${field}: control characters`);
  const retail = isRetail(transaction) ? transaction : undefined;
  return {
    naturalKey: naturalKey(identity),
    orderingKey: orderingKey(transaction),
    contentHash: createHash("sha256").update(JSON.stringify(transaction)).digest("hex"),
    sourceRevision,
    type: transaction.transactionType,
    status: transaction.status,
    training: transaction.trainingMode === true,
    category: categoryOf(transaction),
    steps: readSteps(transaction),
    store: identity.store,
    workstation: identity.workstation,
    businessDay: identity.businessDay,
    currency: retail?.currency,
    exponent: retail?.exponent,
    grand: retail && (retail.reported.grand ?? retail.computed.grand),
  };
}

function readEpochStart(body: unknown): Interpreted {
  return { kind: "epoch-start", body: check(epochStartSchema, body, "body.") };
}

function check<T>(schema: z.ZodType<T>, value: unknown, prefix: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new TillsyncError("entry.invalid", `${prefix}${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}`);
}

/** The receipt's key, when at least its identity is readable. */
function keyOf(body: unknown): string | undefined {
  const transaction = (body as { transaction?: { identity?: unknown } | null } | null | undefined)?.transaction;
  const identity = identitySchema.safeParse(transaction?.identity);
  return identity.success ? naturalKey(identity.data) : undefined;
}
