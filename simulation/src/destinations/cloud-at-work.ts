import { everythingOn, type Controls } from "../../../apps/cloud-sync/src/destinations/worker.ts";
import type { ConnectorPorts, ConnectorSession } from "../../../apps/cloud-sync/src/connectors/connector.ts";
import type { Database } from "../../../apps/cloud-sync/src/db/database.ts";
import { openExternalDatabase, TEST_PG_URL } from "../../../apps/cloud-sync/src/db/testing/open-external-database.ts";
import { openTestDatabase } from "../../../apps/cloud-sync/src/db/testing/open-test-database.ts";
import { askDestination, type Asked } from "../../../apps/cloud-sync/src/destinations/ask-destination.ts";
import { addDestination, listDestinations, readDestinationConfig } from "../../../apps/cloud-sync/src/destinations/destination.ts";
import { checkDestination } from "../../../apps/cloud-sync/src/destinations/destination-file.ts";
import { dispatchShard } from "../../../apps/cloud-sync/src/destinations/dispatch-shard.ts";
import { openLine } from "../../../apps/cloud-sync/src/destinations/line.ts";
import { createLogPages } from "../../../apps/cloud-sync/src/destinations/log-pages.ts";
import { createSeal } from "../../../apps/cloud-sync/src/destinations/seal.ts";
import { destinationsStatus, type DestinationStatus } from "../../../apps/cloud-sync/src/destinations/status.ts";
import { createWake, transactionsTopic } from "../../../apps/cloud-sync/src/event-log/wake.ts";
import { systemPorts } from "../../../apps/cloud-sync/src/subscribers/ports.ts";
import { recordingLog } from "../../../apps/cloud-sync/src/subscribers/testing/quiet.ts";
import { addTerminal, appendDrafts } from "../../../apps/cloud-sync/src/transactions/testing/append-drafts.ts";
import type { Draft } from "../../../apps/cloud-sync/src/transactions/testing/make-transaction.ts";
import { runToEnd } from "../../../apps/cloud-sync/src/transactions/testing/run-to-end.ts";

/** The cloud's log and its dispatcher in this process, with one destination; on the server at `TEST_PG_URL`, or in memory. */
export interface CloudAtWork {
  readonly db: Database;
  readonly log: ReturnType<typeof recordingLog>;
  /** Appends what a till wrote, and lets the dispatcher have it. */
  take(drafts: readonly Draft[]): Promise<void>;
  status(): Promise<DestinationStatus>;
  /** What the destination itself says about every receipt of the day: `reconcile --ask`. */
  ask(businessDay: string): Promise<Asked>;
  close(): Promise<void>;
}

export interface CloudOptions {
  /** Fields of the destination's file. */
  readonly destination: Readonly<Record<string, unknown>>;
  readonly controls?: Partial<Controls>;
  /** Another session than the connector's own: one that is weakened to show that the checks notice. */
  readonly openSession?: (own: Readonly<Record<string, unknown>>, ports: ConnectorPorts) => ConnectorSession;
}

const TERMINAL = "till-1";

export async function openCloudAtWork(options: CloudOptions): Promise<CloudAtWork> {
  const { db, drop } = await openDatabase();
  const seal = createSeal(Buffer.alloc(32, 1));
  await addTerminal(db, TERMINAL);
  await addDestination(db, checkDestination(options.destination), seal, systemPorts.nowMs());
  const [destination] = await listDestinations(db);
  if (destination === undefined) throw new Error("the destination was not added");
  const opened = await openLine(db, destination.key, seal, systemPorts);
  const line = { ...opened };
  if (options.openSession !== undefined) {
    const { own } = await readDestinationConfig(db, destination.key, seal);
    const ports = { ...systemPorts, permit: () => Promise.resolve(true), noteRate: () => undefined };
    Object.assign(line, { session: options.openSession(own, ports) });
  }
  const [wake, log, stopping] = [createWake(), recordingLog(), new AbortController()];
  const deps = { db, wake, pages: createLogPages(), ports: systemPorts, log, owner: "day" };
  const running = dispatchShard(deps, line, "main", stopping.signal, { ...everythingOn, ...options.controls });
  return {
    db,
    log,
    take: async (drafts) => {
      await appendDrafts(db, { terminal: TERMINAL, receivedAtMs: systemPorts.nowMs() }, drafts);
      await runToEnd(db);
      wake.notify(transactionsTopic("main"));
    },
    status: async () => {
      const [status] = await destinationsStatus(db);
      if (status === undefined) throw new Error("the destination is gone");
      return status;
    },
    ask: (businessDay) => askDestination(db, line, { businessDay, store: undefined }, systemPorts),
    close: async () => {
      stopping.abort();
      await running;
      await line.session.close();
      if (line.session !== opened.session) await opened.session.close();
      await drop();
    },
  };
}

async function openDatabase(): Promise<{ db: Database; drop: () => Promise<void> }> {
  if (TEST_PG_URL !== undefined) return openExternalDatabase();
  const db = await openTestDatabase();
  return { db, drop: () => db.close() };
}
