import type { PoolClient } from "pg";
import type { Connector, ConnectorPorts, ConnectorSession, SendResult } from "../connector.ts";
import { ADDRESS_REFUSED, checkHosts, hostOf, refusedHost } from "../tcp/tcp-address.ts";
import { tablesOf } from "./columns.ts";
import { createTablesScript } from "./create-tables.ts";
import { lookUpRow } from "./look-up.ts";
import { manifest, postgresTableConfigSchema, type PostgresTableConfig } from "./manifest.ts";
import { mapRows } from "./map.ts";
import { openWarehouse } from "./open-pool.ts";
import { probeTable } from "./probe.ts";
import { sendBatch, type TableLine } from "./send-batch.ts";

/** A table of a PostgreSQL database: one row for each revision of each receipt, put in place by its identity. */
export const postgresTable: Connector<PostgresTableConfig> = {
  manifest,
  configSchema: postgresTableConfigSchema,
  secretFields: ["secret"],
  check: (config) => checkHosts([hostOf(config.url)], config),
  map: mapRows,
  open: openPostgresTable,
};

function openPostgresTable(config: PostgresTableConfig, ports: ConnectorPorts): ConnectorSession {
  const refused = refusedHost([hostOf(config.url)], config) !== undefined;
  const warehouse = openWarehouse(config);
  const tables = tablesOf(config);
  let ready = !config.createTables;
  const ensureTables = async (client: PoolClient): Promise<void> => {
    if (ready) return;
    await client.query(createTablesScript(config, tables));
    ready = true;
  };
  const line: TableLine = { config, tables, pool: warehouse.pool, ports, ensureTables };
  const sendMany: NonNullable<ConnectorSession["sendMany"]> = async (items) =>
    refused ? items.map(() => ADDRESS_REFUSED) : sendBatch(line, items);
  return {
    sendMany,
    send: async (item, context) => (await sendMany([item], context))[0] as SendResult,
    lookUp: async (item) => (refused ? ADDRESS_REFUSED : lookUpRow(line, item)),
    probe: async () => (refused ? ADDRESS_REFUSED : probeTable(line)),
    close: () => warehouse.cut(),
  };
}
