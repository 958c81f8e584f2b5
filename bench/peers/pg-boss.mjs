/* pg-boss 12: a queue for each table and a job for each delivery, added in large inserts while workers take them in batches. */
import pg from "pg";
import { PgBoss } from "pg-boss";
import { copyRows } from "./copy-rows.mjs";
import { cpuMs, done, input, peakRssBytes, tell } from "../src/processes/worker.ts";

const { databaseUrl, events, destinations } = input();
/** Jobs of one insert, and of one fetch: what is quickest here. */
const BATCH = 500;

const pool = new pg.Pool({ connectionString: databaseUrl, max: destinations });
const boss = new PgBoss({ connectionString: databaseUrl, max: destinations * 2, supervise: false, schedule: false });
boss.on("error", (error) => {
  console.error(error);
  process.exit(1);
});
await boss.start();
for (let n = 1; n <= destinations; n += 1) await boss.createQueue(`copy-${n}`);

let left = events * destinations;
let finish = () => {};
const finished = new Promise((resolve) => (finish = resolve));
const cpuBeforeMs = cpuMs();
const started = performance.now();
for (let n = 1; n <= destinations; n += 1) {
  const options = { batchSize: BATCH, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true };
  await boss.work(`copy-${n}`, options, async (jobs) => {
    await copyRows(
      pool,
      n,
      jobs.map((job) => job.data.pos),
    );
    left -= jobs.length;
    if (left === 0) finish();
  });
}
await Promise.all(Array.from({ length: destinations }, (_, i) => add(`copy-${i + 1}`)));
await finished;
// The last jobs are completed when their worker stops.
await boss.stop({ graceful: true });
const elapsedMs = performance.now() - started;
const cpuSpentMs = cpuMs() - cpuBeforeMs;

const { rows } = await pool.query("SELECT count(*) AS open FROM pgboss.job WHERE state <> 'completed'");
if (Number(rows[0].open) !== 0) throw new Error(`${rows[0].open} jobs are not completed`);
await pool.end();
await tell({ elapsedMs, cpuMs: cpuSpentMs, peakRssBytes: peakRssBytes() });
done();

async function add(queue) {
  for (let start = 1; start <= events; start += BATCH) {
    const jobs = Array.from({ length: Math.min(BATCH, events - start + 1) }, (_, i) => ({ data: { pos: start + i } }));
    await boss.insert(queue, jobs);
  }
}
