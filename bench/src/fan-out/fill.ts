/*
 * Fills the database that every contestant gets a copy of: the sales in the cloud's own log and read model, the same rows
 * as a plain table of events, and the empty tables that they are to be copied to.
 */
import { openPostgres } from "../../../apps/cloud-sync/src/db/postgres.ts";
import { migrate } from "../../../apps/cloud-sync/src/db/migrate.ts";
import { sql } from "../../../apps/cloud-sync/src/db/sql.ts";
import { createLogPages } from "../../../apps/cloud-sync/src/destinations/log-pages.ts";
import { postgresTable } from "../../../apps/cloud-sync/src/connectors/postgres-table/postgres-table.ts";
import { createTablesScript } from "../../../apps/cloud-sync/src/connectors/postgres-table/create-tables.ts";
import { tablesOf } from "../../../apps/cloud-sync/src/connectors/postgres-table/columns.ts";
import { done, input, tell } from "../processes/worker.ts";
import { createSales } from "../sales/sales.ts";
import { fillLog, quiet } from "./fill-log.ts";

const { databaseUrl, events, destinations } = input<{ databaseUrl: string; events: number; destinations: number }>();

const db = await openPostgres({ url: databaseUrl }, quiet as never);
await migrate(db);
const sales = createSales();
await fillLog(
  db,
  Array.from({ length: events }, () => sales.next()),
);

await db.script(`CREATE TABLE event (pos bigint PRIMARY KEY, identity text NOT NULL, natural_key text NOT NULL, revision integer NOT NULL,
  store text NOT NULL, terminal text NOT NULL, received_at timestamptz NOT NULL, entry json NOT NULL)`);
const pages = createLogPages();
for (let after = 0; after < events;) {
  const { entries, readTo } = await pages.read(db, "main", after);
  const rows = entries.flatMap(({ item }) =>
    item === undefined
      ? []
      : [
          {
            pos: item.tpos,
            identity: item.identity,
            natural_key: item.naturalKey,
            revision: item.revision,
            store: item.store,
            terminal: item.terminal,
            received_at: new Date(item.receivedAtMs).toISOString(),
            entry: Buffer.from(item.line).toString("utf8"),
          },
        ],
  );
  await db.query(sql`
    INSERT INTO event SELECT pos, identity, natural_key, revision, store, terminal, received_at, entry::json
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r (pos bigint, identity text, natural_key text, revision integer, store text,
      terminal text, received_at timestamptz, entry text)`);
  after = readTo;
}

for (let n = 1; n <= destinations; n++) {
  const config = postgresTable.configSchema.parse({
    url: "postgres://bench@127.0.0.1/bench",
    allowPrivateNetwork: true,
    table: `copy_${n}`,
    shape: "entries",
  });
  await db.script(createTablesScript(config, tablesOf(config)));
}
await db.script("CREATE TABLE copy_cursor (n integer PRIMARY KEY, pos bigint NOT NULL) WITH (fillfactor = 50)");
await db.script("VACUUM ANALYZE");
await db.close();
await tell({ filled: events });
done();
