/* PouchDB on LevelDB replicates the same documents from the CouchDB protocol of the bench's server. */
import { join } from "node:path";
import PouchDB from "pouchdb-core";
import http from "pouchdb-adapter-http";
import leveldb from "pouchdb-adapter-leveldb";
import replication from "pouchdb-replication";
import { cpuMs, done, input, peakRssBytes, tell } from "../processes/worker.ts";

const { folder, url } = input();
const BATCH = 1_000;

PouchDB.plugin(http).plugin(leveldb).plugin(replication);
const cpuBeforeMs = cpuMs();
const started = performance.now();
const local = new PouchDB(join(folder, "pouch"), { adapter: "leveldb" });
const remote = new PouchDB(`${url}/db`, { adapter: "http" });
await local.replicate.from(remote, { batch_size: BATCH, batches_limit: 10 });
const elapsedMs = performance.now() - started;
const { doc_count: documents } = await local.info();
await tell({ elapsedMs, cpuMs: cpuMs() - cpuBeforeMs, documents, peakRssBytes: peakRssBytes() });
await local.close();
done();
