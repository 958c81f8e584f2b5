/*
 * Tillsync's dispatcher with a destination of the kind `postgres-table` for each table, as `cloud-sync serve` runs it. The
 * clock starts with the dispatcher and ends when every cursor stands at the log's end, all receipts recorded.
 */
import { randomBytes } from "node:crypto";
import { openPostgres } from "../../../apps/cloud-sync/src/db/postgres.ts";
import { sql } from "../../../apps/cloud-sync/src/db/sql.ts";
import { checkDestination } from "../../../apps/cloud-sync/src/destinations/destination-file.ts";
import { addDestination } from "../../../apps/cloud-sync/src/destinations/destination.ts";
import { runDestinations } from "../../../apps/cloud-sync/src/destinations/run-destinations.ts";
import { createSeal } from "../../../apps/cloud-sync/src/destinations/seal.ts";
import { createWake } from "../../../apps/cloud-sync/src/event-log/wake.ts";
import { systemPorts } from "../../../apps/cloud-sync/src/subscribers/ports.ts";
import { until } from "../measure/time-limit.ts";
import { cpuMs, done, input, peakRssBytes, tell } from "../processes/worker.ts";
import { quiet } from "./fill-log.ts";

const { databaseUrl, events, destinations, timeoutMs } = input<{
  databaseUrl: string;
  events: number;
  destinations: number;
  timeoutMs: number;
}>();

const db = await openPostgres({ url: databaseUrl }, quiet as never);
const seal = createSeal(randomBytes(32));
for (let n = 1; n <= destinations; n++) {
  const file = {
    name: `copy-${n}`,
    kind: "postgres-table",
    url: databaseUrl,
    allowPrivateNetwork: true,
    tls: "off",
    table: `copy_${n}`,
    shape: "entries",
    createTables: false,
  };
  await addDestination(db, checkDestination(file), seal, Date.now());
}

const stop = new AbortController();
const cpuBeforeMs = cpuMs();
const started = performance.now();
const running = runDestinations({ db, wake: createWake(), ports: systemPorts, log: quiet, owner: "bench" }, seal, stop.signal);
await until(timeoutMs, 50, "delivering everything", async () => {
  const rows = await db.query<{ ready: number }>(sql`
    SELECT count(*) AS ready FROM subscriber_cursor WHERE subscriber LIKE 'destination:%' AND pos = ${events}::bigint`);
  return rows[0]?.ready === destinations ? true : undefined;
});
const elapsedMs = performance.now() - started;
const cpuSpentMs = cpuMs() - cpuBeforeMs;
stop.abort();
await running;

const [counts] = await db.query<{ receipts: number; exceptions: number }>(sql`
  SELECT (SELECT count(*) FROM receipt WHERE outcome = 'delivered') AS receipts, (SELECT count(*) FROM delivery) AS exceptions`);
if (counts?.receipts !== events * destinations || counts.exceptions !== 0) throw new Error(`recorded ${JSON.stringify(counts)}`);
await db.close();
await tell({ elapsedMs, cpuMs: cpuSpentMs, peakRssBytes: peakRssBytes() });
done();
