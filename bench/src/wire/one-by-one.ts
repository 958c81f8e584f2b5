/* Sells one sale after the other on an enrolled till that is online, each only when the one before is acknowledged. */
import { ackedHead } from "../../../apps/edge-agent/src/journal/acknowledge.ts";
import { appendTransaction } from "../../../apps/edge-agent/src/journal/append-transaction.ts";
import { loadEnrolment } from "../../../apps/edge-agent/src/enrol/enrolment.ts";
import { loadOrCreateKeys } from "../../../apps/edge-agent/src/keys/key-files.ts";
import { systemPorts } from "../../../apps/edge-agent/src/replicator/ports.ts";
import { CLOUD } from "../../../apps/edge-agent/src/replicator/replica-journal.ts";
import { startReplicator } from "../../../apps/edge-agent/src/replicator/start-replicator.ts";
import { openAgentStore } from "../../../apps/edge-agent/src/store/open-store.ts";
import { median } from "../measure/median.ts";
import { until } from "../measure/time-limit.ts";
import { done, heard, input, tell } from "../processes/worker.ts";
import { createSales } from "../sales/sales.ts";

const { folder, till, sales } = input<{ folder: string; till: number; sales: number }>();
const ACK_MS = 30_000;

const keys = loadOrCreateKeys(folder);
const enrolment = loadEnrolment(folder);
if (enrolment === undefined) throw new Error("the data folder is not enrolled");
const store = openAgentStore(folder, { now: Date.now, journalKey: keys.journal.thumbprint });
const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const replicator = startReplicator({ store, keys, enrolment, ports: systemPorts(), log: quiet, env: {} });
const generator = createSales(till);

const acknowledged = (): true | undefined => ackedHead(store, CLOUD, store.end.epoch)?.seq === store.end.seq || undefined;
async function sell(): Promise<number> {
  const before = performance.now();
  appendTransaction(store, generator.next());
  await until(ACK_MS, 1, "acknowledging a sale", acknowledged);
  return performance.now() - before;
}

await sell();
await tell({ online: true });
await heard();
const latenciesMs: number[] = [];
for (let i = 0; i < sales; i += 1) latenciesMs.push(await sell());
await tell({ ackMs: median(latenciesMs) });
await heard();
await replicator.stop();
store.close();
done();
