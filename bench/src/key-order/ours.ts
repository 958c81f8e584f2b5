/*
 * Tillsync's dispatcher with a connector that is the endpoint. The clock starts with the dispatcher and ends when the cursor
 * stands at the log's end, all receipts recorded.
 */
import { randomBytes } from "node:crypto";
import { openPostgres } from "../../../apps/cloud-sync/src/db/postgres.ts";
import { sql } from "../../../apps/cloud-sync/src/db/sql.ts";
import { checkDestination } from "../../../apps/cloud-sync/src/destinations/destination-file.ts";
import { addDestination, listDestinations } from "../../../apps/cloud-sync/src/destinations/destination.ts";
import { dispatchShard } from "../../../apps/cloud-sync/src/destinations/dispatch-shard.ts";
import { openLine } from "../../../apps/cloud-sync/src/destinations/line.ts";
import { createLogPages } from "../../../apps/cloud-sync/src/destinations/log-pages.ts";
import { createSeal } from "../../../apps/cloud-sync/src/destinations/seal.ts";
import { createWake } from "../../../apps/cloud-sync/src/event-log/wake.ts";
import { systemPorts } from "../../../apps/cloud-sync/src/subscribers/ports.ts";
import { quiet } from "../fan-out/fill-log.ts";
import { until } from "../measure/time-limit.ts";
import { cpuMs, done, input, peakRssBytes, tell } from "../processes/worker.ts";
import { createEndpoint } from "./endpoint.ts";

const { databaseUrl, keys, perKey, timeoutMs } = input<{ databaseUrl: string; keys: number; perKey: number; timeoutMs: number }>();

const db = await openPostgres({ url: databaseUrl }, quiet as never);
const seal = createSeal(randomBytes(32));
const file = {
  name: "endpoint",
  kind: "webhook",
  url: "http://127.0.0.1:9/",
  secret: `whsec_${randomBytes(32).toString("base64")}`,
  allowPrivateNetwork: true,
  concurrency: keys,
};
await addDestination(db, checkDestination(file), seal, Date.now());
const [destination] = await listDestinations(db);
if (destination === undefined) throw new Error("no destination");

const endpoint = createEndpoint();
const opened = await openLine(db, destination.key, seal, systemPorts);
const session = {
  ...opened.session,
  send: async (item: { orderingKey: string; naturalKey: string }) => {
    await endpoint.take(item.orderingKey, roundOf(item.naturalKey));
    return { kind: "delivered" as const, status: 200 };
  },
};

const stop = new AbortController();
const deps = { db, wake: createWake(), pages: createLogPages(), ports: systemPorts, log: quiet, owner: "bench" };
const cpuBeforeMs = cpuMs();
const started = performance.now();
const running = dispatchShard(deps, { ...opened, session }, "main", stop.signal);
await until(timeoutMs, 20, "delivering everything", async () => {
  if (endpoint.count() < keys * perKey) return undefined;
  const rows = await db.query<{ pos: number }>(sql`SELECT pos FROM subscriber_cursor WHERE subscriber LIKE 'destination:%'`);
  return rows[0]?.pos === keys * perKey ? true : undefined;
});
const elapsedMs = performance.now() - started;
const cpuSpentMs = cpuMs() - cpuBeforeMs;
stop.abort();
await running;
await opened.session.close();
endpoint.check(keys, perKey);
const [counts] = await db.query<{ receipts: number; exceptions: number }>(sql`
  SELECT (SELECT count(*) FROM receipt WHERE outcome = 'delivered') AS receipts, (SELECT count(*) FROM delivery) AS exceptions`);
if (counts?.receipts !== keys * perKey || counts.exceptions !== 0) throw new Error(`recorded ${JSON.stringify(counts)}`);
await db.close();
await tell({ elapsedMs, cpuMs: cpuSpentMs, peakRssBytes: peakRssBytes(), most: endpoint.most() });
done();

/** `9/31/2026-11-20/k7-3` is the third return of the seventh key. */
function roundOf(naturalKey: string): number {
  return Number(/-(\d+)$/.exec(naturalKey.slice(naturalKey.lastIndexOf("/")))?.[1] ?? 0);
}
