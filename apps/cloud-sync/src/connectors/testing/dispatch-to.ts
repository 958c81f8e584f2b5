import { openGate } from "../../destinations/gate.ts";
import { addDestination } from "../../destinations/destination.ts";
import { checkDestination } from "../../destinations/destination-file.ts";
import { deliveryIdentity } from "../../destinations/delivery-identity.ts";
import { quickRetry, startDispatcher, testSeal } from "../../destinations/testing/run-dispatcher.ts";
import type { Database } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { addTerminal, appendDrafts } from "../../transactions/testing/append-drafts.ts";
import { makeSale, transactionDraft, type Draft } from "../../transactions/testing/make-transaction.ts";
import { runToEnd } from "../../transactions/testing/run-to-end.ts";
import type { ConnectorSession, SendResult } from "../connector.ts";
import { connectorOf } from "../registry.ts";
import { testPorts } from "./context.ts";

/** What the log holds, in its order. */
export interface Logged {
  readonly identity: string;
  readonly orderingKey: string;
  readonly tpos: number;
  readonly grand: bigint;
}

const SALES_A_RETURN = 10;
const SALES_A_REVISION = 15;

/**
 * A day of `sales` receipts of one till: every tenth is returned in part and every fifteenth revised, half of them at once
 * and half at the end, so that items of one ordering key come both together and far apart.
 */
export async function logDay(db: Database, sales: number): Promise<Logged[]> {
  const drafts: Draft[] = [];
  const late: Draft[] = [];
  for (let i = 0; i < sales; i++) {
    const sequence = String(i);
    drafts.push(transactionDraft(makeSale({ sequence, grand: String(100 + i) })));
    const after = i % 2 === 0 ? drafts : late;
    const returnOf = { store: "9", workstation: "31", businessDay: "2026-11-20", sequence };
    if (i % SALES_A_RETURN < 2) after.push(transactionDraft(makeSale({ sequence: `r${i}`, grand: "-50", returnOf })));
    if (i % SALES_A_REVISION < 2) after.push(transactionDraft(makeSale({ sequence, grand: String(200 + i) }), 2));
  }
  const all = [...drafts, ...late];
  await addTerminal(db, "till-1");
  for (let i = 0; i < all.length; i += 500) await appendDrafts(db, { terminal: "till-1" }, all.slice(i, i + 500));
  await runToEnd(db);
  const rows = await db.query<{ natural_key: string; revision: number; ordering_key: string; tpos: number; grand: string }>(sql`
    SELECT natural_key, revision, ordering_key, tpos, grand::text AS grand FROM transaction ORDER BY tpos`);
  return rows.map((row) => ({
    identity: deliveryIdentity(row.natural_key, row.revision),
    orderingKey: row.ordering_key,
    tpos: row.tpos,
    grand: BigInt(row.grand),
  }));
}

export interface DispatchOptions {
  /** Items of one batch at most: small ones make a run long enough to be disturbed. */
  readonly batchItemsMax?: number;
  /** Each request waits this long for its permit. */
  readonly paceMs?: number;
}

/** Starts the real dispatcher with the real connector of a destination's file. The destination is added by the first of several lives. */
export async function dispatchTo(db: Database, file: Readonly<Record<string, unknown>>, options: DispatchOptions = {}) {
  const retry = { ...quickRetry, capMs: 200, maxAttempts: 1_000 };
  const { common, own } = checkDestination({ ...file, name: "erp", retry });
  const known = await db.query(sql`SELECT name FROM destination WHERE name = 'erp'`);
  if (known.length === 0) await addDestination(db, { common, own }, testSeal, 1);
  const connector = connectorOf(common.kind);
  const { capabilities, repeatability } = connector.manifest;
  const ports = testPorts();
  const permit = async (): Promise<boolean> => (await ports.sleep(options.paceMs ?? 0), true);
  const counted = countResults(connector.open(own, { ...ports, permit }));
  const batchItemsMax = Math.min(options.batchItemsMax ?? capabilities.batchItemsMax, capabilities.batchItemsMax);
  const dispatcher = startDispatcher(db, {
    name: "erp",
    config: common,
    repeatability,
    capabilities: { ...capabilities, batchItemsMax },
    session: counted.session,
    sendMs: 60_000,
    gate: openGate,
    state: "active",
    reason: undefined,
  });
  const end = async (how: () => Promise<void> | void): Promise<void> => {
    await how();
    await counted.session.close();
  };
  return {
    /** How many results of each kind the connector gave. */
    seen: counted.seen,
    stop: () => end(dispatcher.stop),
    /** As a crash does: nothing more is recorded. */
    kill: () => end(dispatcher.kill),
  };
}

function countResults(session: ConnectorSession): { session: ConnectorSession; seen: Map<SendResult["kind"], number> } {
  const seen = new Map<SendResult["kind"], number>();
  const count = (results: SendResult[]): SendResult[] => {
    for (const { kind } of results) seen.set(kind, (seen.get(kind) ?? 0) + 1);
    return results;
  };
  return {
    seen,
    session: {
      ...session,
      send: async (item, context) => count([await session.send(item, context)])[0] as SendResult,
      sendMany: async (items, context) => count((await session.sendMany?.(items, context)) ?? []),
    },
  };
}

/** What a receiver that drops known ids has in the end, against the log: what is missing, foreign, or came before an earlier one of its key. */
export function compareArrived(
  log: readonly Logged[],
  arrived: readonly string[],
): { missing: string[]; foreign: string[]; outOfOrder: string[] } {
  const byIdentity = new Map(log.map((one) => [one.identity, one]));
  const first = new Set(arrived);
  const latest = new Map<string, number>();
  const outOfOrder: string[] = [];
  for (const identity of first) {
    const item = byIdentity.get(identity);
    if (item === undefined) continue;
    if (item.tpos < (latest.get(item.orderingKey) ?? 0)) outOfOrder.push(identity);
    latest.set(item.orderingKey, Math.max(item.tpos, latest.get(item.orderingKey) ?? 0));
  }
  return {
    missing: log.filter((one) => !first.has(one.identity)).map((one) => one.identity),
    foreign: [...first].filter((identity) => !byIdentity.has(identity)),
    outOfOrder,
  };
}
