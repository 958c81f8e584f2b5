/* Ours: the agent's own downlink on an empty data folder, until every collection stands where the cloud does. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { saveEnrolment, type Enrolment } from "../../../apps/edge-agent/src/enrol/enrolment.ts";
import { loadOrCreateKeys } from "../../../apps/edge-agent/src/keys/key-files.ts";
import { startDownlink } from "../../../apps/edge-agent/src/reference/down/start-downlink.ts";
import { readPrice } from "../../../apps/edge-agent/src/reference/read/read-price.ts";
import { openReferenceStore } from "../../../apps/edge-agent/src/reference/store/open-reference-store.ts";
import { systemPorts } from "../../../apps/edge-agent/src/replicator/ports.ts";
import { quantile } from "../measure/median.ts";
import { cpuMs, done, input, peakRssBytes, tell } from "../processes/worker.ts";
import { productOf } from "./dataset.ts";

const { folder, url, items } = input<{ folder: string; url: string; items: number }>();
const READS = 20_000;

const keys = loadOrCreateKeys(folder);
saveEnrolment(folder, {
  version: 1,
  terminal: "till-1",
  store: "bench",
  audience: "urn:tillsync:cloud:bench",
  firstEpoch: 1,
  pseudonymKey: "a".repeat(43),
  url,
  identityThumbprint: keys.identity.thumbprint,
  journalThumbprint: keys.journal.thumbprint,
  codeHash: "x".repeat(43),
} as Enrolment);

/* How long the event loop was held: what a sale that comes meanwhile waits for. */
const held = monitorEventLoopDelay({ resolution: 1 });
held.enable();

const cpuBeforeMs = cpuMs();
const started = performance.now();
const ports = systemPorts();
const store = openReferenceStore(folder, { now: ports.wallMs });
const log = { info() {}, warn: (fields: object) => console.error(fields), error: (fields: object) => console.error(fields) };
const downlink = startDownlink({ store, keys, ports, log, env: {} });
const loaded = store.file.prepare<[], { n: number }>("SELECT count(DISTINCT collection) AS n FROM position WHERE loaded = 1");
while ((loaded.get()?.n ?? 0) < 9) await sleep(5);
const elapsedMs = performance.now() - started;
const cpuSpentMs = cpuMs() - cpuBeforeMs;
held.disable();

const documents = downlink.status().collections.reduce((sum, collection) => sum + collection.documents, 0);
const readUs = Array.from({ length: READS }, (_, i) => {
  const [gtin] = productOf((i * 7_919) % items)["gtins"] as [string];
  const before = process.hrtime.bigint();
  const found = readPrice(store, { gtin, at: "2026-11-22T10:00" });
  const us = Number(process.hrtime.bigint() - before) / 1_000;
  if (found?.price === undefined) throw new Error(`no price of ${gtin}`);
  return us;
});
await downlink.stop();
store.close();
await tell({
  elapsedMs,
  cpuMs: cpuSpentMs,
  documents,
  peakRssBytes: peakRssBytes(),
  readP50Us: quantile(readUs, 0.5),
  readP99Us: quantile(readUs, 0.99),
  heldP99Ms: held.percentile(99) / 1e6,
  heldMaxMs: held.max / 1e6,
});
done();
