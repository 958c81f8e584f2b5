/*
 * The agent's replicator on a filled data folder, as `edge-agent run` starts it, until everything is acknowledged. The
 * clock starts with its first look at the journal; modules are loaded before, as they are on a till whose line comes back.
 */
import { CLOUD } from "../../../apps/edge-agent/src/replicator/replica-journal.ts";
import { ackedHead } from "../../../apps/edge-agent/src/journal/acknowledge.ts";
import { loadEnrolment } from "../../../apps/edge-agent/src/enrol/enrolment.ts";
import { loadOrCreateKeys } from "../../../apps/edge-agent/src/keys/key-files.ts";
import { createHttpTransport } from "../../../apps/edge-agent/src/replicator/http-transport.ts";
import { systemPorts } from "../../../apps/edge-agent/src/replicator/ports.ts";
import { startReplicator } from "../../../apps/edge-agent/src/replicator/start-replicator.ts";
import { openAgentStore } from "../../../apps/edge-agent/src/store/open-store.ts";
import { until } from "../measure/time-limit.ts";
import { cpuMs, done, input, peakRssBytes, tell } from "../processes/worker.ts";

const { folder, timeoutMs } = input<{ folder: string; timeoutMs: number }>();
/** Looking costs 20 us; it is small against the 15 ms of a batch. */
const LOOK_EVERY_MS = 2;

const keys = loadOrCreateKeys(folder);
const enrolment = loadEnrolment(folder);
if (enrolment === undefined) throw new Error("the data folder is not enrolled");
const store = openAgentStore(folder, { now: Date.now, journalKey: keys.journal.thumbprint });
const pending = store.end.seq;
const warnings: string[] = [];
const warn = (fields: object, message: string): number => warnings.push(`${message} ${JSON.stringify(fields)}`);

// The agent loads its HTTP client at its first exchange; whatever the answer to this one is.
const first = createHttpTransport({ url: enrolment.url, connections: 1, env: {}, ports: systemPorts() });
await first.post({ path: "/health", headers: {}, body: "", deadlineMs: 5_000 });
await first.close();

const startedAtMs = Date.now();
const cpuBeforeMs = cpuMs();
const started = performance.now();
const replicator = startReplicator({ store, keys, enrolment, ports: systemPorts(), log: { info: () => {}, warn, error: warn }, env: {} });
try {
  await until(
    timeoutMs,
    LOOK_EVERY_MS,
    `acknowledging ${pending} entries`,
    () => ackedHead(store, CLOUD, store.end.epoch)?.seq === pending || undefined,
  );
} catch (error) {
  throw new Error(`${String(error)}; ${JSON.stringify(replicator.status())} ${warnings.join("; ")}`, { cause: error });
}
const elapsedMs = performance.now() - started;
const cpuSpentMs = cpuMs() - cpuBeforeMs;

await replicator.stop();
store.close();
await tell({ elapsedMs, cpuMs: cpuSpentMs, startedAtMs, acked: pending, peakRssBytes: peakRssBytes(), warnings });
done();
