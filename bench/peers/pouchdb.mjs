/* PouchDB 9 on LevelDB (no fsync a write): replicates its documents to the server of `pouchdb-server.mjs`. */
import { join } from "node:path";
import PouchDB from "pouchdb";
import { cpuMs, input, peakRssBytes, tell } from "../src/processes/worker.ts";
import { createDocuments } from "./documents.mjs";

const { folder, url, sales } = input();
const BATCH = 500;

const local = new PouchDB(join(folder, "edge"));
const documents = createDocuments(sales).map(({ id, sale }) => ({ _id: id, sale }));
for (let start = 0; start < sales; start += BATCH) await local.bulkDocs(documents.slice(start, start + BATCH));
const remote = new PouchDB(`${url}/sales`);
await remote.info();

const cpuBeforeMs = cpuMs();
const started = performance.now();
const result = await local.replicate.to(remote, { batch_size: BATCH, batches_limit: 10 });
const elapsedMs = performance.now() - started;
await tell({ elapsedMs, cpuMs: cpuMs() - cpuBeforeMs, acked: result.docs_written, peakRssBytes: peakRssBytes() });
process.exit(0);
