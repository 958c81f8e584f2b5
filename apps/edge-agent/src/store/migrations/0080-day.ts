import { sql } from "../sql.ts";
import type { Migration } from "./migration.ts";

/**
 * What the POS itself said of a day, by the receipt that said it: X and Z reports, till and store closes that carry totals.
 * `sales_then` and `gross_then` are our own count of that till and currency when the report came; null for what was captured
 * before this table was there, where the receipts tell. Nothing of this is written for a sale.
 * A folder that exists is filled from its journal, as far as that is kept.
 */
export const day: Migration = {
  version: 80,
  expands: true,
  sql: sql`
    CREATE TABLE pos_report (
      natural_key TEXT PRIMARY KEY,
      business_day TEXT NOT NULL,
      store TEXT NOT NULL,
      workstation TEXT NOT NULL,
      currency TEXT NOT NULL,
      exponent INTEGER NOT NULL,
      kind TEXT NOT NULL,
      report_number TEXT,
      count INTEGER,
      grand INTEGER,
      at TEXT,
      sales_then INTEGER,
      gross_then INTEGER
    ) WITHOUT ROWID;
    CREATE INDEX pos_report_day ON pos_report (business_day);
    INSERT INTO pos_report (natural_key, business_day, store, workstation, currency, exponent, kind, report_number, count, grand, at)
      SELECT natural_key, t ->> '$.identity.businessDay', t ->> '$.identity.store', t ->> '$.identity.workstation',
        t ->> '$.control.totals.currency', t ->> '$.control.totals.exponent', t ->> '$.control.kind', t ->> '$.control.reportNumber',
        t ->> '$.control.totals.count', CAST(t ->> '$.control.totals.grand' AS INTEGER), coalesce(t ->> '$.end.local', t ->> '$.begin.local')
      FROM (
        SELECT r.natural_key, CAST(e.line AS TEXT) -> '$.body.transaction' AS t
        FROM receipt AS r JOIN entry AS e ON e.key = r.entry_key WHERE r.type = 'Control'
      )
      WHERE t ->> '$.control.kind' IN ('xReport', 'zReport', 'tillClose', 'storeClose')
        AND coalesce(t ->> '$.control.totals.count', t ->> '$.control.totals.grand') IS NOT NULL;
  `,
};
