import { sql } from "../sql.ts";
import type { Migration } from "./migration.ts";

/**
 * What may not be overspent, in the database of the journal: a counter and the entry that says why it moved are one
 * transaction. `quota_lease` has the counts of each life (epoch) of this terminal; only those of the present one can be
 * used. `redemption` has every call that the POS may repeat, by its id; what is reserved is the sum of its open rows, so
 * that no second figure can drift from it.
 */
export const redemptions: Migration = {
  version: 50,
  sql: sql`
    CREATE TABLE quota_lease (
      account TEXT NOT NULL,
      epoch INTEGER NOT NULL,
      unit TEXT NOT NULL,
      granted INTEGER NOT NULL DEFAULT 0,
      used INTEGER NOT NULL DEFAULT 0,
      returned INTEGER NOT NULL DEFAULT 0,
      -- Of the document that last told of it: an older one does not take its word back.
      version INTEGER NOT NULL DEFAULT 0,
      recalled INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (account, epoch)
    ) WITHOUT ROWID;
    CREATE INDEX quota_lease_recalled ON quota_lease (epoch) WHERE recalled = 1;
    CREATE TABLE redemption (
      id TEXT PRIMARY KEY,
      kind TEXT NOT NULL CHECK (kind IN ('redeemed', 'refunded', 'toppedUp')),
      state TEXT NOT NULL CHECK (state IN ('reserved', 'committed', 'cancelled')),
      account TEXT NOT NULL,
      unit TEXT NOT NULL,
      amount INTEGER NOT NULL CHECK (amount >= 0),
      at_risk INTEGER NOT NULL DEFAULT 0 CHECK (at_risk BETWEEN 0 AND amount),
      policy TEXT,
      epoch INTEGER NOT NULL,
      of_id TEXT,
      sale_ref TEXT,
      -- Of the POS, for the entry.
      store TEXT NOT NULL,
      workstation TEXT NOT NULL,
      business_day TEXT NOT NULL,
      made_at_ms INTEGER NOT NULL,
      settled_at_ms INTEGER
    ) WITHOUT ROWID;
    CREATE INDEX redemption_open ON redemption (account, epoch) WHERE state = 'reserved';
    CREATE INDEX redemption_of ON redemption (of_id) WHERE of_id IS NOT NULL;
    CREATE INDEX redemption_risk ON redemption (business_day, unit) WHERE at_risk > 0;
  `,
};
