import { ZERO } from "@tillsync/sync-protocol";
import type Database from "better-sqlite3";
import type { Books } from "./books.ts";
import type { Sale } from "./event.ts";

/**
 * An ERP: double-entry postings of each receipt. Goods, tax, rounding and tips stand on one side, tenders on the other;
 * what a receipt that does not balance leaves over goes to `difference`, so that the postings of every receipt sum to
 * nothing and an accountant sees the odd ones in one account.
 */
export const erpBooks: Books = {
  kind: "erp",
  schema: `
    CREATE TABLE IF NOT EXISTS posting (
      posting INTEGER PRIMARY KEY,
      natural_key TEXT NOT NULL,
      revision INTEGER NOT NULL,
      reversal INTEGER NOT NULL,
      account TEXT NOT NULL,
      currency TEXT NOT NULL,
      amount TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS posting_receipt ON posting (natural_key, revision);`,
  book: (database, event) => {
    const post = preparePost(database);
    for (const [account, amount] of postings(event)) {
      post.run(event.key, event.revision, 0, account, event.sale.currency, amount.toString());
    }
  },
  reverse: (database, key, revision) => {
    const post = preparePost(database);
    const rows = database
      .prepare<[string, number], { account: string; currency: string; amount: string }>(
        "SELECT account, currency, amount FROM posting WHERE natural_key = ? AND revision = ? AND reversal = 0",
      )
      .all(key, revision);
    for (const row of rows) post.run(key, revision, 1, row.account, row.currency, (-BigInt(row.amount)).toString());
  },
  figures: (database) => ({ accountsMinor: sumAccounts(database) }),
};

const preparePost = (database: Database.Database): Database.Statement =>
  database.prepare("INSERT INTO posting (natural_key, revision, reversal, account, currency, amount) VALUES (?, ?, ?, ?, ?, ?)");

function postings({ sale }: Sale): [account: string, amount: bigint][] {
  const rows: [string, bigint][] = [
    ...sale.lines.map((line): [string, bigint] => [`goods:${line.action}`, BigInt(line.extendedAmount)]),
    ...(sale.adjustments ?? []).filter((a) => !a.included).map((a): [string, bigint] => [`discount:${a.kind}`, BigInt(a.amount)]),
    ["tax:added", BigInt(sale.computed.exclusiveTax)],
    ["rounding", BigInt(sale.rounding?.amount ?? ZERO)],
    ...sale.tenders.map((tender): [string, bigint] => ["tips", BigInt(tender.tip ?? ZERO)]),
    ...sale.tenders.map((tender): [string, bigint] => [`tender:${tender.type}`, -BigInt(tender.amount)]),
  ];
  const left = rows.reduce((total, [, amount]) => total + amount, 0n);
  const balanced: [string, bigint][] = [...rows, ["difference", -left]];
  return balanced.filter(([, amount]) => amount !== 0n);
}

/** Minor units by account and currency. */
function sumAccounts(database: Database.Database): Record<string, string> {
  const rows = database
    .prepare<[], { name: string; total: bigint }>(
      "SELECT account || ' ' || currency AS name, sum(CAST(amount AS INTEGER)) AS total FROM posting GROUP BY account, currency ORDER BY name",
    )
    .safeIntegers()
    .all();
  return Object.fromEntries(rows.map(({ name, total }) => [name, total.toString()]));
}
