/* RxDB with its memory storage (nothing is kept on disk) pulls the same documents by its own replication. */
import type { WireDocument } from "@tillsync/sync-protocol";
import { createRxDatabase, type RxCollection } from "rxdb";
import { replicateRxCollection } from "rxdb/plugins/replication";
import { getRxStorageMemory } from "rxdb/plugins/storage-memory";
import { cpuMs, done, input, peakRssBytes, tell } from "../processes/worker.ts";

const { url } = input<{ url: string }>();
const BATCH = 1_000;

const cpuBeforeMs = cpuMs();
const started = performance.now();
const { Pool } = await import("undici");
const http = new Pool(url, { connections: 2, pipelining: 1 });
const database = await createRxDatabase({ name: "bench", storage: getRxStorageMemory(), multiInstance: false });
const schema = (index: string): object => ({
  version: 0,
  primaryKey: "id",
  type: "object",
  properties: { id: { type: "string", maxLength: 40 }, [index]: { type: "string", maxLength: 40 } },
  required: ["id", index],
  indexes: [index],
});
const made = await database.addCollections({
  prices: { schema: schema("itemId") as never },
  products: { schema: schema("department") as never },
});
let documents = 0;
await Promise.all(Object.entries(made).map(([name, collection]) => load(name, collection as unknown as RxCollection<WireDocument>)));
const elapsedMs = performance.now() - started;
for (const collection of Object.values(made)) documents += await collection.count().exec();
await tell({ elapsedMs, cpuMs: cpuMs() - cpuBeforeMs, documents, peakRssBytes: peakRssBytes() });
await database.close();
await http.close();
done();

async function load(name: string, collection: RxCollection<WireDocument>): Promise<void> {
  const replication = replicateRxCollection<WireDocument, { all: number }>({
    collection,
    replicationIdentifier: `bench-${name}`,
    live: false,
    pull: {
      batchSize: BATCH,
      handler: async (checkpoint, limit) => {
        const query = new URLSearchParams({ checkpoint: JSON.stringify(checkpoint ?? {}), limit: String(limit) });
        const answer = await http.request({ method: "GET", path: `/v1/reference/${name}/pull?${query.toString()}` });
        return (await answer.body.json()) as { documents: never[]; checkpoint: { all: number } };
      },
    },
  });
  replication.error$.subscribe((error) => {
    console.error(error);
    process.exit(1);
  });
  await replication.awaitInitialReplication();
}
