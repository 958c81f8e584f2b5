/* RxDB 17 with its memory storage (nothing is kept on disk): pushes its documents through its own replication. */
import { createRxDatabase } from "rxdb";
import { replicateRxCollection } from "rxdb/plugins/replication";
import { getRxStorageMemory } from "rxdb/plugins/storage-memory";
import { Pool } from "undici";
import { cpuMs, done, input, peakRssBytes, tell } from "../src/processes/worker.ts";
import { createDocuments } from "./documents.mjs";

const { url, sales } = input();
const BATCH = 500;

const database = await createRxDatabase({ name: "bench", storage: getRxStorageMemory(), multiInstance: false });
const schema = {
  version: 0,
  primaryKey: "id",
  type: "object",
  properties: { id: { type: "string", maxLength: 40 }, sale: { type: "object" } },
  required: ["id", "sale"],
};
const { sale } = await database.addCollections({ sale: { schema } });
const documents = createDocuments(sales);
for (let start = 0; start < sales; start += BATCH) {
  const { error } = await sale.bulkInsert(documents.slice(start, start + BATCH));
  if (error.length > 0) throw new Error(`${error.length} documents refused`);
}
const http = new Pool(url, { connections: 2, pipelining: 1 });

let acked = 0;
const cpuBeforeMs = cpuMs();
const started = performance.now();
const replication = replicateRxCollection({
  collection: sale,
  replicationIdentifier: "bench",
  live: false,
  push: {
    batchSize: BATCH,
    handler: async (rows) => {
      const body = JSON.stringify(rows.map((row) => row.newDocumentState));
      const answer = await http.request({ method: "POST", path: "/documents", headers: { "content-type": "application/json" }, body });
      await answer.body.dump();
      if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`);
      acked += rows.length;
      return [];
    },
  },
});
replication.error$.subscribe((error) => {
  console.error(error);
  process.exit(1);
});
await replication.awaitInitialReplication();
const elapsedMs = performance.now() - started;

await tell({ elapsedMs, cpuMs: cpuMs() - cpuBeforeMs, acked, peakRssBytes: peakRssBytes() });
await database.close();
await http.close();
done();
