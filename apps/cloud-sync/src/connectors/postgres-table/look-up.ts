import { parseAmount, type Amount } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { DeliveryItem, LookUpResult } from "../connector.ts";
import { classifyError } from "./classify-error.ts";
import { rowsOf } from "./map.ts";
import { statement } from "./open-pool.ts";
import type { TableLine } from "./send-batch.ts";

const PERMIT_WAIT_MS = 10_000;

const foundSchema = z.object({
  natural_key: z.string(),
  revision: z.number(),
  currency: z.string().nullable(),
  exponent: z.number().nullable(),
  grand: z.string().nullable(),
  minor: z.string().nullable(),
  lines: z.number(),
  tenders: z.number(),
});
type Found = z.infer<typeof foundSchema>;

/** Asks which row stands under the item's identity, and with which total. A receipt whose lines or tenders are not all there is unfinished. */
export async function lookUpRow(line: TableLine, item: DeliveryItem): Promise<LookUpResult> {
  if (!(await line.ports.permit(PERMIT_WAIT_MS))) return { kind: "theirs", detail: "waits for the rate limit" };
  let rows: unknown[];
  try {
    rows = (await line.pool.query(statement(line.config, lookUpStatement(line), [item.identity]))).rows;
  } catch (error) {
    const fault = classifyError(error, false);
    // A table that nobody has created yet holds nothing; the send creates it, or says what is missing.
    return fault.kind === "set-up" && fault.detail.includes("42P01") && line.config.createTables ? { kind: "absent" } : fault;
  }
  const [first] = rows;
  if (first === undefined) return { kind: "absent" };
  const found = foundSchema.parse(first);
  if (found.natural_key !== item.naturalKey || found.revision !== item.revision)
    return { kind: "foreign", detail: "another receipt under this identity" };
  if (isUnfinished(line, item, found)) return { kind: "unfinished", vendorId: item.identity };
  return { kind: "found", vendorId: item.identity, ...totalOf(found) };
}

function lookUpStatement({ tables, config }: TableLine): string {
  const count = (table: string | undefined): string =>
    table === undefined ? "0" : `(SELECT count(*)::int FROM ${table} part WHERE part.identity = r.identity)`;
  const at = (path: string): string =>
    config.shape === "rows" ? `r.document #>> '{${path}}'` : `r.entry #>> '{body,transaction,${path}}'`;
  return `SELECT natural_key, revision, ${at("currency")} AS currency, (${at("exponent")})::int AS exponent,
      ${config.shape === "rows" ? "grand::text" : "NULL::text"} AS grand,
      coalesce(${at("reported,grand")}, ${at("computed,grand")}) AS minor, ${count(tables.lines)} AS lines, ${count(tables.tenders)} AS tenders
    FROM ${tables.main} r WHERE identity = $1`;
}

function isUnfinished(line: TableLine, item: DeliveryItem, found: Found): boolean {
  if (line.tables.lines === undefined && line.tables.tenders === undefined) return false;
  const wanted = rowsOf(item, line.config);
  return found.lines !== wanted.lines.length || found.tenders !== wanted.tenders.length;
}

/** What the summable column says; for entries, which have none, what is in the entry. */
function totalOf(found: Found): { total?: { amount: Amount; currency: string } } {
  if (found.currency === null || found.exponent === null) return {};
  const parsed = parseAmount(found.grand ?? "", found.exponent);
  const amount = found.grand === null ? (found.minor as Amount | null) : parsed.ok ? parsed.amount : null;
  return amount === null ? {} : { total: { amount, currency: found.currency } };
}
