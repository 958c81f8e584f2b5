/* Fills an enrolled data folder with sales through the agent's own append, many to a transaction. */
import { appendMany } from "../../../apps/edge-agent/src/journal/append-many.ts";
import { loadOrCreateKeys } from "../../../apps/edge-agent/src/keys/key-files.ts";
import { openAgentStore } from "../../../apps/edge-agent/src/store/open-store.ts";
import { done, input, tell } from "../processes/worker.ts";
import { createSales } from "../sales/sales.ts";

const { folder, sales } = input<{ folder: string; sales: number }>();
const TOGETHER = 1_000;

const keys = loadOrCreateKeys(folder);
const store = openAgentStore(folder, { now: Date.now, journalKey: keys.journal.thumbprint });
const generator = createSales();
for (let made = 0; made < sales; made += TOGETHER) {
  const count = Math.min(TOGETHER, sales - made);
  appendMany(
    store,
    Array.from({ length: count }, () => generator.next()),
  );
}
if (store.end.seq !== sales) throw new Error(`${store.end.seq} entries of ${sales} sales`);
store.db.pragma("wal_checkpoint(TRUNCATE)");
store.close();
await tell({ sales });
done();
