/* pg-boss 12 with its policy key_strict_fifo: of each key one job at a time, in order. */
import { PgBoss } from "pg-boss";
import { createEndpoint } from "../src/key-order/endpoint.ts";
import { cpuMs, done, input, peakRssBytes, tell } from "../src/processes/worker.ts";

const { databaseUrl, keys, perKey } = input();
const BATCH = 1_000;
/** Together as many jobs at once as there are keys. A batch ends with its last job, so many smaller ones are better than one. */
const WORKERS = 20;
const QUEUE = "endpoint";

const boss = new PgBoss({ connectionString: databaseUrl, max: WORKERS, supervise: false, schedule: false });
boss.on("error", (error) => {
  console.error(error);
  process.exit(1);
});
await boss.start();
await boss.createQueue(QUEUE, { policy: "key_strict_fifo" });
for (let start = 0; start < keys * perKey; start += BATCH) {
  const jobs = Array.from({ length: Math.min(BATCH, keys * perKey - start) }, (_, i) => {
    const [key, n] = [`k${(start + i) % keys}`, Math.floor((start + i) / keys)];
    return { data: { key, n }, singletonKey: key };
  });
  await boss.insert(QUEUE, jobs);
}

const endpoint = createEndpoint();
let finish = () => {};
const finished = new Promise((resolve) => (finish = resolve));
const cpuBeforeMs = cpuMs();
const started = performance.now();
const options = { batchSize: Math.ceil(keys / WORKERS), localConcurrency: WORKERS, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true };
await boss.work(QUEUE, options, async (jobs) => {
  await Promise.all(jobs.map(({ data }) => endpoint.take(data.key, data.n)));
  if (endpoint.count() >= keys * perKey) finish();
});
await finished;
await boss.stop({ graceful: true });
const elapsedMs = performance.now() - started;
endpoint.check(keys, perKey);
await tell({ elapsedMs, cpuMs: cpuMs() - cpuBeforeMs, peakRssBytes: peakRssBytes(), most: endpoint.most() });
done();
