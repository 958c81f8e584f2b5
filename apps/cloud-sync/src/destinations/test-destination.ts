import type { ErrorCode } from "@tillsync/sync-protocol";
import type { ConnectorPorts, ConnectorSession, LookUpResult, ProbeResult } from "../connectors/connector.ts";
import { connectorOf } from "../connectors/registry.ts";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { DestinationFile } from "./destination-file.ts";
import { loadItems, type LoadedItem } from "./load-items.ts";
import { LOG_COLUMNS, type LogRow } from "./log-row.ts";
import { vendorIdOf } from "./vendor-id.ts";

/**
 * `ready`: address and credentials are right as far as a harmless call can tell. `not-offered`: this kind has none, so
 * nothing was learned. `failed`: with the code that a delivery would bear.
 */
export type TestOutcome =
  | { readonly kind: "ready"; readonly by: "probe" | "look-up"; readonly detail: string }
  | { readonly kind: "not-offered"; readonly detail: string }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly detail: string };

/**
 * Opens the connection and makes a harmless call: the connector's own probe, or else a look-up of the newest receipt that
 * the destination wants. Sends no receipt. Throws `destination.address-refused`.
 */
export async function testDestination(
  db: Queryable,
  file: DestinationFile,
  key: string | undefined,
  ports: ConnectorPorts,
): Promise<TestOutcome> {
  const connector = connectorOf(file.common.kind);
  connector.check(file.own);
  const session = connector.open(file.own, ports);
  try {
    if (session.probe !== undefined) return ofProbe(await session.probe());
    if (session.lookUp === undefined) return { kind: "not-offered", detail: `${file.common.kind} has no harmless call` };
    const item = await newestItem(db, file.common.include);
    if (item === undefined) return { kind: "not-offered", detail: "no receipt was captured yet that could be looked up" };
    return ofLookUp(await lookUp(session, db, key, item));
  } finally {
    await session.close();
  }
}

const lookUp = async (session: ConnectorSession, db: Queryable, key: string | undefined, item: LoadedItem): Promise<LookUpResult> =>
  (await session.lookUp?.(item, {
    vendorIdOf: (naturalKey) => (key === undefined ? Promise.resolve(undefined) : vendorIdOf(db, key, naturalKey)),
  })) ?? { kind: "absent" };

function ofProbe(result: ProbeResult): TestOutcome {
  return result.kind === "ready" ? { kind: "ready", by: "probe", detail: result.detail } : failed(result.kind, result.detail);
}

function ofLookUp(result: LookUpResult): TestOutcome {
  switch (result.kind) {
    case "found":
    case "unfinished":
    case "absent":
    case "foreign":
      return { kind: "ready", by: "look-up", detail: `it answered about the newest receipt: ${result.kind}` };
    case "nothing":
    case "mapping-missing":
    case "rejected":
      return { kind: "not-offered", detail: `the newest receipt cannot be looked up: ${result.kind}` };
    case "theirs":
    case "set-up":
    case "uncertain":
      return failed(result.kind, result.detail);
  }
}

const failed = (kind: "theirs" | "set-up" | "uncertain" | "rejected", detail: string): TestOutcome => ({
  kind: "failed",
  code: `delivery.${kind}`,
  detail,
});

async function newestItem(db: Queryable, include: readonly string[]): Promise<LoadedItem | undefined> {
  const rows = await db.query<LogRow & { shard: string }>(sql`
    SELECT t.shard, ${LOG_COLUMNS} FROM transaction t WHERE t.latest AND t.category = ANY(${include}::text[])
    ORDER BY t.shard, t.tpos DESC LIMIT 1`);
  const [row] = rows;
  if (row === undefined) return undefined;
  const [item] = await loadItems(db, row.shard, [row], false);
  return item?.broken === undefined ? item : undefined;
}
