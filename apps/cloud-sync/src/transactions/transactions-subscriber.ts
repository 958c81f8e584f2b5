import { UPCASTERS, type Upcaster } from "@tillsync/sync-protocol";
import type { Database } from "../db/database.ts";
import { transactionsTopic, type Wake } from "../event-log/wake.ts";
import type { BackgroundPorts } from "../subscribers/ports.ts";
import type { Subscriber } from "../subscribers/subscriber.ts";
import { interpretEntry, refusal } from "./interpret-entry.ts";
import type { ReadEntry } from "./page.ts";
import { retakeAfterUpdate } from "./retake.ts";
import { takeUpPage } from "./take-up-page.ts";
import { TRANSACTIONS } from "./subscriber-name.ts";

/** Two batches of a terminal. Larger pages gain below 10 % and hold their locks longer. */
const PAGE_ENTRIES = 1_000;

/** The transactions read model: what the entries of the log mean, receipt by receipt. */
export function transactionsSubscriber(
  db: Database,
  wake: Wake,
  ports: Pick<BackgroundPorts, "nowMs">,
  upcasters: Readonly<Record<number, Upcaster>> = UPCASTERS,
): Subscriber<ReadEntry[]> {
  return {
    name: TRANSACTIONS,
    pageEntries: PAGE_ENTRIES,
    opened: async (shard) => {
      await retakeAfterUpdate(db, shard, ports.nowMs, upcasters);
    },
    prepare: (entries) => entries.map((entry) => ({ entry, meaning: interpretEntry(entry, upcasters) })),
    handle: async (tx, shard, page) => {
      await takeUpPage(tx, shard, page, ports.nowMs());
    },
    refuse: async (tx, entry, error) => {
      await takeUpPage(tx, entry.shard, [{ entry, meaning: refusal(error, undefined) }], ports.nowMs());
    },
    committed: (shard) => wake.notify(transactionsTopic(shard)),
  };
}
