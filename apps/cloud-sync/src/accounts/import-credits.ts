import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { accountSchema, amountSchema, storeIdSchema, TillsyncError, type ErrorCode } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { Database } from "../db/database.ts";
import { creditAccounts, CREDITS_MAX, type Credit } from "./credit-accounts.ts";

/** One line of a file of credits. */
const rowSchema = z.strictObject({
  ...accountSchema.shape,
  amount: amountSchema.refine((amount) => !amount.startsWith("-") && amount !== "0", "above zero"),
  unit: z.string().min(1).max(20),
  reference: z.string().min(1).max(200),
  store: storeIdSchema.optional(),
  reason: z.string().max(1_000).optional(),
});

/** Refused rows that are named; the others are counted. */
const REFUSED_SHOWN_MAX = 1_000;

export interface CreditReport {
  readonly credited: number;
  readonly repeated: number;
  readonly refused: number;
  readonly rows: readonly { readonly line: number; readonly code: ErrorCode; readonly detail: string }[];
}

/**
 * Reads credits from an NDJSON file, page by page: a run that was broken off is repeated as a whole, since a reference
 * counts once. A row that is refused does not keep the others out. Throws `data.not-found` where there is no file.
 */
export async function importCredits(db: Database, file: string, who: string, nowMs: () => number): Promise<CreditReport> {
  const counts = { credited: 0, repeated: 0, refused: 0 };
  const rows: CreditReport["rows"][number][] = [];
  const refuse = (line: number, code: ErrorCode, detail: string): void => {
    counts.refused += 1;
    if (rows.length < REFUSED_SHOWN_MAX) rows.push({ line, code, detail });
  };
  let page: { readonly line: number; readonly credit: Credit }[] = [];
  const flush = async (): Promise<void> => {
    const outcomes = await creditAccounts(
      db,
      page.map(({ credit }) => credit),
      who,
      nowMs(),
    );
    for (const [at, outcome] of outcomes.entries()) {
      if (outcome.kind === "refused") refuse(page[at]?.line ?? 0, outcome.code, outcome.detail);
      else counts[outcome.kind] += 1;
    }
    page = [];
  };
  let line = 0;
  for await (const text of linesOf(file)) {
    line += 1;
    if (text.trim() === "") continue;
    const credit = readRow(text);
    if (typeof credit === "string") refuse(line, "reference.invalid", credit);
    else page.push({ line, credit });
    if (page.length === CREDITS_MAX) await flush();
  }
  await flush();
  return { ...counts, rows };
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const stream = createReadStream(file, "utf8");
  try {
    yield* createInterface({ input: stream, crlfDelay: Infinity });
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") throw new TillsyncError("data.not-found", file, { cause });
    throw cause;
  }
}

/** The credit, or what is wrong with the row. */
function readRow(text: string): Credit | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "not JSON";
  }
  const parsed = rowSchema.safeParse(value);
  if (!parsed.success) return `${parsed.error.issues[0]?.path.join(".") || "row"}: ${parsed.error.issues[0]?.message ?? "invalid"}`;
  const { kind, id, ...credit } = parsed.data;
  return { account: { kind, id }, ...credit };
}
