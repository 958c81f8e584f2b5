import { capturedTransactionSchema, entryEnvelopeSchema, type Transaction } from "@tillsync/sync-protocol";
import { readMeta } from "../journal/meta.ts";
import { RECEIPTS_FROM } from "../journal/prune-receipts.ts";
import type { VerifyFault } from "../journal/verify-journal.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import { reportOf } from "./keep-report.ts";

interface Row {
  readonly natural_key: string;
  readonly line: Uint8Array;
  readonly figures: string;
}

/**
 * Compares what is kept of the POS's reports with the entries that brought them, as far as those are kept, and finds
 * figures without a receipt. A report that is not kept is no fault: an older version of the agent has taken it. What was
 * counted here at that moment cannot be computed again and is not checked.
 */
export function verifyReports(store: AgentStore): VerifyFault[] {
  const rows = store.prepare<[], Row>(
    sql`SELECT r.natural_key, e.line, json_array(p.business_day, p.store, p.workstation, p.kind, p.currency, p.count, p.grand) AS figures
        FROM receipt AS r JOIN entry AS e ON e.key = r.entry_key JOIN pos_report AS p ON p.natural_key = r.natural_key
        WHERE r.type = 'Control'`,
  );
  for (const row of rows.iterate()) if (figuresOf(row.line) !== row.figures) return [fault(row.natural_key)];
  const lost = store
    .prepare<[string], { natural_key: string }>(
      sql`SELECT natural_key FROM pos_report AS p
          WHERE business_day >= ? AND NOT EXISTS (SELECT 1 FROM receipt AS r WHERE r.natural_key = p.natural_key AND r.type = 'Control') LIMIT 1`,
    )
    .get(readMeta(store, RECEIPTS_FROM) ?? "");
  return lost === undefined ? [] : [fault(lost.natural_key)];
}

/** As `json_array` spells them; undefined: the entry reports nothing. */
function figuresOf(line: Uint8Array): string | undefined {
  const transaction = transactionOf(line);
  const report = transaction === undefined ? undefined : reportOf(transaction);
  if (transaction === undefined || report === undefined) return undefined;
  const { businessDay, store, workstation } = transaction.identity;
  const { currency, count, grand } = report.totals;
  return JSON.stringify([
    businessDay,
    store,
    workstation,
    report.kind,
    currency,
    count ?? null,
    grand === undefined ? null : Number(grand),
  ]);
}

function transactionOf(line: Uint8Array): Transaction | undefined {
  try {
    const envelope = entryEnvelopeSchema.parse(JSON.parse(Buffer.from(line).toString("utf8")));
    return capturedTransactionSchema.safeParse(envelope.body).data?.transaction;
  } catch {
    return undefined; // told by the check of the chain
  }
}

const fault = (key: string): VerifyFault => ({
  code: "journal.chain-broken",
  epoch: null,
  seq: null,
  what: `the figures of the report ${key} are not those of its entry`,
});
