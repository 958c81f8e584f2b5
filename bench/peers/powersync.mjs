/*
 * PowerSync's Node SDK: its SQLite upload queue (journal mode WAL, synchronous NORMAL: no fsync a write), emptied with
 * getCrudBatch(500). It uploads while its sync stream is connected, so a stream with nothing in it is served here.
 */
import { column, Schema, Table } from "@powersync/common";
import { PowerSyncDatabase } from "@powersync/node";
import { createServer } from "node:http";
import { Pool } from "undici";
import { cpuMs, done, input, peakRssBytes, tell } from "../src/processes/worker.ts";
import { createDocuments } from "./documents.mjs";

const { folder, url, sales } = input();
const BATCH = 500;

const database = new PowerSyncDatabase({
  schema: new Schema({ sale: new Table({ body: column.text }) }),
  database: { dbFilename: "powersync.db", dbLocation: folder, implementation: { type: "better-sqlite3" } },
});
const documents = createDocuments(sales);
for (let start = 0; start < sales; start += BATCH) {
  const rows = documents.slice(start, start + BATCH).map(({ id, sale }) => [id, JSON.stringify(sale)]);
  await database.executeBatch("INSERT INTO sale (id, body) VALUES (?, ?)", rows);
}

const stream = createServer((request, response) => {
  if (request.url?.startsWith("/sync/stream")) {
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    response.write(`${JSON.stringify({ token_expires_in: 3_600 })}\n`);
    return;
  }
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ data: { write_checkpoint: "1" } }));
});
await new Promise((resolve) => stream.listen(0, "127.0.0.1", () => resolve(undefined)));
const endpoint = `http://127.0.0.1:${stream.address().port}`;
const http = new Pool(url, { connections: 2, pipelining: 1 });

let acked = 0;
let started = 0;
let cpuBeforeMs = 0;
let finish;
const finished = new Promise((resolve) => (finish = resolve));
await database.connect(
  {
    fetchCredentials: async () => ({ endpoint, token: "bench" }),
    uploadData: async (db) => {
      if (started === 0) {
        cpuBeforeMs = cpuMs();
        started = performance.now();
      }
      for (let batch = await db.getCrudBatch(BATCH); batch !== null; batch = await db.getCrudBatch(BATCH)) {
        const body = `[${batch.crud.map((entry) => `{"id":"${entry.id}","sale":${entry.opData.body}}`).join(",")}]`;
        const answer = await http.request({ method: "POST", path: "/documents", headers: { "content-type": "application/json" }, body });
        await answer.body.dump();
        if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`);
        await batch.complete();
        acked += batch.crud.length;
      }
      if (acked === sales) finish(performance.now() - started);
    },
  },
  { connectionMethod: "http", crudUploadThrottleMs: 10 },
);
const elapsedMs = await finished;

await tell({ elapsedMs, cpuMs: cpuMs() - cpuBeforeMs, acked, peakRssBytes: peakRssBytes() });
await database.disconnect();
await database.close();
await http.close();
stream.closeAllConnections();
stream.close();
done();
