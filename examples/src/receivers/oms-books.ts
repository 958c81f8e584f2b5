import type { Books } from "./books.ts";

/** Quantities are decimals with at most this many places; stock is counted in whole steps of that size. */
const STOCK_PLACES = 12;

/** An order management system: one order for each receipt, and the stock that it moved. */
export const omsBooks: Books = {
  kind: "oms",
  schema: `
    CREATE TABLE IF NOT EXISTS movement (
      movement INTEGER PRIMARY KEY,
      natural_key TEXT NOT NULL,
      revision INTEGER NOT NULL,
      reversal INTEGER NOT NULL,
      store TEXT NOT NULL,
      item TEXT NOT NULL,
      uom TEXT NOT NULL,
      quantity TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS movement_receipt ON movement (natural_key, revision);`,
  book: (database, { key, revision, sale }) => {
    const move = database.prepare(
      "INSERT INTO movement (natural_key, revision, reversal, store, item, uom, quantity) VALUES (?, ?, 0, ?, ?, ?, ?)",
    );
    for (const line of sale.lines) {
      move.run(key, revision, sale.identity.store, line.itemId, line.quantity.uom, toSteps(line.quantity.value, -1n).toString());
    }
  },
  reverse: (database, key, revision) => {
    const rows = database
      .prepare<[string, number], { store: string; item: string; uom: string; quantity: string }>(
        "SELECT store, item, uom, quantity FROM movement WHERE natural_key = ? AND revision = ? AND reversal = 0",
      )
      .all(key, revision);
    const move = database.prepare(
      "INSERT INTO movement (natural_key, revision, reversal, store, item, uom, quantity) VALUES (?, ?, 1, ?, ?, ?, ?)",
    );
    for (const row of rows) move.run(key, revision, row.store, row.item, row.uom, (-BigInt(row.quantity)).toString());
  },
  figures: (database) => {
    const row = database
      .prepare<[], { movements: number; items: number }>("SELECT count(*) AS movements, count(DISTINCT item) AS items FROM movement")
      .get();
    return { movements: row?.movements ?? 0, items: row?.items ?? 0 };
  },
};

/** `"-0.425"` as a whole number of 10^-12, times `sign`. A sale takes stock away. */
function toSteps(value: string, sign: 1n | -1n): bigint {
  const [whole = "0", fraction = ""] = value.replace("-", "").split(".");
  const steps = BigInt(whole + fraction.padEnd(STOCK_PLACES, "0"));
  return (value.startsWith("-") ? -steps : steps) * sign;
}
