/* One sale per durable transaction through the agent's own append: entry, receipt, day total, hash. */
import { openAgentStore } from "../../../apps/edge-agent/src/store/open-store.ts";
import { appendTransaction } from "../../../apps/edge-agent/src/journal/append-transaction.ts";
import { done, input, tell } from "../processes/worker.ts";
import { createSales } from "../sales/sales.ts";
import { WARM_UP } from "./warm-up.ts";

const { folder, sales } = input<{ folder: string; sales: number }>();
const generator = createSales();
const items = Array.from({ length: WARM_UP + sales }, () => generator.next());
const store = openAgentStore(folder, { now: Date.now, journalKey: "b".repeat(43) });

const latenciesMs: number[] = [];
let started = 0;
items.forEach(({ transaction, capture }, i) => {
  if (i === WARM_UP) started = performance.now();
  const before = performance.now();
  const outcome = appendTransaction(store, { transaction, capture });
  if (i >= WARM_UP) latenciesMs.push(performance.now() - before);
  if (outcome.kind !== "appended") throw new Error(`a sale was not appended: ${outcome.kind}`);
});
const elapsedMs = performance.now() - started;

store.close();
await tell({ elapsedMs, latenciesMs });
done();
