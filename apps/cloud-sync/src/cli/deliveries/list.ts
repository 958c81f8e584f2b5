import { AUDIT_ROWS_MAX, listAudit } from "../../destinations/audit.ts";
import { LIST_ROWS_MAX, listDeliveries, type Delivery } from "../../destinations/deliveries.ts";
import { findDestination } from "../../destinations/destination.ts";
import { nameOfKey } from "../../destinations/destination-name.ts";
import { databaseFlags } from "../destinations/flags.ts";
import { readCount } from "../read-count.ts";
import { withDatabase } from "../with-database.ts";
import { readState, type Values } from "./flags.ts";

const LIST_ROWS = 100;

export async function list(values: Values): Promise<number> {
  const state = readState(values.state);
  const page = pageOf(values, LIST_ROWS_MAX);
  const rows = await withDatabase(databaseFlags(values), async (db) => {
    const destination = values.destination === undefined ? undefined : (await findDestination(db, values.destination)).key;
    return listDeliveries(db, { destination, state, ...page });
  });
  const shown = rows.map((row) => ({ ...row, destination: nameOfKey(row.destination) }));
  printPage(values, "deliveries", shown, page.limit, lineOf);
  return 0;
}

const lineOf = (row: Delivery): string =>
  [row.id, row.destination, row.state, row.naturalKey, `attempts ${row.attempts}`, row.code ?? "", row.detail ?? ""].join("\t");

/** Also of destinations that were removed: their record stays. */
export async function audit(values: Values): Promise<number> {
  const page = pageOf(values, AUDIT_ROWS_MAX);
  const rows = await withDatabase(databaseFlags(values), (db) => listAudit(db, { destination: values.destination, ...page }));
  printPage(values, "audit", rows, page.limit, (row) =>
    [
      row.id,
      new Date(row.atMs).toISOString(),
      row.action,
      row.who,
      row.destination,
      row.deliveryId ?? "",
      row.stateBefore ?? "",
      row.codeBefore ?? "",
      row.reason ?? "",
      row.detail ?? "",
    ].join("\t"),
  );
  return 0;
}

const pageOf = (values: Values, max: number) => ({
  limit: readCount(values.limit, "limit", LIST_ROWS, max),
  after: readCount(values.after, "after", 0, Number.MAX_SAFE_INTEGER),
});

function printPage<Row extends { readonly id: number }>(
  values: Values,
  name: string,
  rows: readonly Row[],
  limit: number,
  line: (row: Row) => string,
): void {
  const next = rows.length === limit ? rows.at(-1)?.id : undefined;
  if (values.json) console.log(JSON.stringify({ [name]: rows, ...(next === undefined ? {} : { next }) }));
  else {
    for (const row of rows) console.log(line(row));
    if (next !== undefined) console.error(`more follow: --after ${next}`);
  }
}
