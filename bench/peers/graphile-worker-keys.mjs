/* graphile-worker with a named queue for each key: of each queue one job at a time, in order. */
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import { createEndpoint } from "../src/key-order/endpoint.ts";
import { cpuMs, done, input, peakRssBytes, tell } from "../src/processes/worker.ts";

const { databaseUrl, keys, perKey } = input();
const BATCH = 1_000;

const logger = new Logger(() => () => {});
const utils = await makeWorkerUtils({ connectionString: databaseUrl, logger });
await utils.migrate();
for (let start = 0; start < keys * perKey; start += BATCH) {
  const jobs = Array.from({ length: Math.min(BATCH, keys * perKey - start) }, (_, i) => {
    const [key, n] = [`k${(start + i) % keys}`, Math.floor((start + i) / keys)];
    return { identifier: "send", payload: { key, n }, queueName: key };
  });
  await utils.addJobs(jobs);
}

const endpoint = createEndpoint();
let finish = () => {};
const finished = new Promise((resolve) => (finish = resolve));
const send = async ({ key, n }) => {
  await endpoint.take(key, n);
  if (endpoint.count() >= keys * perKey) finish();
};
const cpuBeforeMs = cpuMs();
const started = performance.now();
const runner = await run({
  connectionString: databaseUrl,
  noHandleSignals: true,
  taskList: { send },
  logger,
  preset: { worker: { concurrentJobs: keys, maxPoolSize: 20, pollInterval: 100, completeJobBatchDelay: 0 } },
});
await finished;
await runner.stop();
const elapsedMs = performance.now() - started;
endpoint.check(keys, perKey);
await utils.release();
await tell({ elapsedMs, cpuMs: cpuMs() - cpuBeforeMs, peakRssBytes: peakRssBytes(), most: endpoint.most() });
done();
