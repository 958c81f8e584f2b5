import type { Books } from "./books.ts";
import { exponentOf } from "./event.ts";

/**
 * A loyalty engine: one point for each whole unit of currency, on the member's account, or on an account of the
 * receipt where nobody showed a card. A return or a void takes points off.
 */
export const loyaltyBooks: Books = {
  kind: "loyalty",
  schema: `
    CREATE TABLE IF NOT EXISTS ledger (
      entry INTEGER PRIMARY KEY,
      natural_key TEXT NOT NULL,
      revision INTEGER NOT NULL,
      reversal INTEGER NOT NULL,
      account TEXT NOT NULL,
      points INTEGER NOT NULL,
      UNIQUE (natural_key, revision, reversal)
    ) STRICT;
    CREATE INDEX IF NOT EXISTS ledger_account ON ledger (account);`,
  book: (database, { key, revision, sale, grand }) => {
    /* BigInt division cuts toward zero: a return takes off what the same sale gave. */
    const points = Number(grand / 10n ** BigInt(exponentOf(sale.currency)));
    const account = sale.loyalty?.memberRef ?? sale.customerRef ?? `receipt:${key}`;
    database
      .prepare("INSERT INTO ledger (natural_key, revision, reversal, account, points) VALUES (?, ?, 0, ?, ?)")
      .run(key, revision, account, points);
  },
  reverse: (database, key, revision) => {
    database
      .prepare(
        `INSERT INTO ledger (natural_key, revision, reversal, account, points)
         SELECT natural_key, revision, 1, account, -points FROM ledger WHERE natural_key = ? AND revision = ? AND reversal = 0`,
      )
      .run(key, revision);
  },
  figures: (database) => {
    const row = database
      .prepare<[], { points: number; members: number }>(
        "SELECT coalesce(sum(points), 0) AS points, count(DISTINCT account) FILTER (WHERE account NOT LIKE 'receipt:%') AS members FROM ledger",
      )
      .get();
    return { points: row?.points ?? 0, members: row?.members ?? 0 };
  },
};
