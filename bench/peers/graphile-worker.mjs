/* graphile-worker: a job for each delivery, added in large inserts, worked with its local queue and batched completion. */
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import pg from "pg";
import { copyRows } from "./copy-rows.mjs";
import { cpuMs, done, input, peakRssBytes, tell } from "../src/processes/worker.ts";

const { databaseUrl, events, destinations } = input();
const BATCH = 500;
const CONCURRENCY = 32;

const logger = new Logger(() => () => {});
const pool = new pg.Pool({ connectionString: databaseUrl, max: CONCURRENCY });
const utils = await makeWorkerUtils({ connectionString: databaseUrl, logger });
await utils.migrate();

let left = events * destinations;
let finish = () => {};
const finished = new Promise((resolve) => (finish = resolve));
const copy = async ({ n, pos }) => {
  await copyRows(pool, n, [pos]);
  left -= 1;
  if (left === 0) finish();
};

const cpuBeforeMs = cpuMs();
const started = performance.now();
const runner = await run({
  connectionString: databaseUrl,
  noHandleSignals: true,
  taskList: { copy },
  logger,
  preset: {
    worker: {
      concurrentJobs: CONCURRENCY,
      maxPoolSize: CONCURRENCY,
      pollInterval: 100,
      localQueue: { size: BATCH },
      completeJobBatchDelay: 0,
    },
  },
});
await add();
await finished;
await runner.stop();
const elapsedMs = performance.now() - started;
const cpuSpentMs = cpuMs() - cpuBeforeMs;

const { rows } = await pool.query("SELECT count(*) AS open FROM graphile_worker.jobs");
if (Number(rows[0].open) !== 0) throw new Error(`${rows[0].open} jobs are left`);
await utils.release();
await pool.end();
await tell({ elapsedMs, cpuMs: cpuSpentMs, peakRssBytes: peakRssBytes() });
done();

async function add() {
  for (let start = 1; start <= events; start += BATCH) {
    const jobs = Array.from({ length: Math.min(BATCH, events - start + 1) * destinations }, (_, i) => ({
      identifier: "copy",
      payload: { n: (i % destinations) + 1, pos: start + Math.floor(i / destinations) },
    }));
    await utils.addJobs(jobs);
  }
}
