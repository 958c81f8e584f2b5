import { setTimeout as delay } from "node:timers/promises";
import type { TradingDay } from "@tillsync/examples/pos-generator";
import type { RunningServer, TestServer } from "@tillsync/test-servers";
import { transactionDraft } from "../../../apps/cloud-sync/src/transactions/testing/make-transaction.ts";
import type { Category } from "../../../apps/cloud-sync/src/transactions/category.ts";
import type { DestinationStatus } from "../../../apps/cloud-sync/src/destinations/status.ts";
import { NO_FAULTS, startFaultyProxy, type FaultRates, type FaultyProxy } from "../chaos/faulty-proxy.ts";
import { seededRandom } from "../world/random.ts";
import { openCloudAtWork, type CloudAtWork, type CloudOptions } from "./cloud-at-work.ts";

/** One destination through a day: what is started, how badly the line behaves, and how often the server dies. */
export interface DayScenario extends Pick<CloudOptions, "controls" | "openSession"> {
  readonly server: TestServer;
  /** The server's folder; it is installed there when it is not yet. */
  readonly folder: string;
  readonly day: TradingDay;
  /** Put over the fields of the server's own destination file; the address is the proxy's in any case. */
  readonly destination?: Readonly<Record<string, unknown>>;
  readonly faults: FaultRates;
  /** How often the server is killed and started again on what it had written. */
  readonly kills: number;
  readonly seed: number;
}

export interface DayResult {
  readonly status: DestinationStatus;
  readonly faults: FaultyProxy["counts"];
  readonly kills: number;
  readonly include: readonly Category[];
  readonly elapsedMs: number;
}

/** Quick retries: the scenario's outages last seconds, not hours. */
const RETRY = { baseMs: 200, capMs: 2_000, breakerCapMs: 1_000, probeMs: 1_000, maxAttempts: 200 };
/** Parts in which a day arrives; each is delivered before the next comes, so that voids and revisions come after the sync. */
const PARTS = 4;
const DOWN_MS = 1_000;
const POLL_MS = 250;
/** Without any progress for this long the run is stuck. */
const STUCK_MS = 180_000;

/**
 * Sends a day through the real dispatcher to a real server, over a line that loses answers, doubles and delays, while the
 * server is killed. Resolves when everything has come to an end, parked items included; `check` then gets the server
 * itself and the cloud, over a line that is good again. Fails when nothing moves any more.
 */
export async function runDay<T>(
  scenario: DayScenario,
  check: (result: DayResult, server: RunningServer, cloud: CloudAtWork) => Promise<T>,
): Promise<T> {
  const { server: kind, folder } = scenario;
  await kind.install(folder);
  let server = await kind.start(folder, {});
  const target = new URL(String(server.destination["url"]));
  const proxy = await startFaultyProxy(target.origin, scenario.faults, seededRandom(scenario.seed));
  const { destination, include } = destinationOf(scenario, server, `${proxy.url}${target.pathname}`);
  const cloud = await openCloudAtWork({ ...scenario, destination });
  let kills = 0;
  const killServer = async (): Promise<void> => {
    kills += 1;
    await server.kill();
    await delay(DOWN_MS);
    server = await kind.start(folder, { keepState: true, port: Number(target.port) });
  };
  try {
    const startedMs = performance.now();
    const status = await deliver(scenario, cloud, killServer);
    proxy.faults(NO_FAULTS);
    const elapsedMs = Math.round(performance.now() - startedMs);
    return await check({ status, faults: proxy.counts, kills, include, elapsedMs }, server, cloud);
  } finally {
    await cloud.close();
    await proxy.close();
    await server.stop();
  }
}

function destinationOf(scenario: DayScenario, server: RunningServer, url: string) {
  const destination = { retry: RETRY, ...server.destination, ...scenario.destination, url };
  const { include = ["sales"] } = destination as { include?: readonly Category[] };
  return { destination, include };
}

async function deliver({ day, kills }: DayScenario, cloud: CloudAtWork, killServer: () => Promise<void>): Promise<DestinationStatus> {
  const { entries } = day;
  const size = Math.ceil(entries.length / PARTS);
  let status = await cloud.status();
  // Spread over the day, each in the middle of a part.
  const killsAt = Array.from({ length: kills }, (_, at) => Math.floor(((at + 1) * entries.length) / (kills + 1)));
  for (let from = 0; from < entries.length; from += size) {
    await cloud.take(entries.slice(from, from + size).map((entry) => transactionDraft(entry.transaction, entry.revision)));
    for (let movedMs = performance.now(); ;) {
      const now = await cloud.status();
      if (JSON.stringify({ ...now, ...ages }) !== JSON.stringify({ ...status, ...ages })) movedMs = performance.now();
      status = now;
      if (now.delivered >= (killsAt[0] ?? Infinity)) {
        killsAt.shift();
        await killServer();
      }
      if (now.pending + now.retrying + now.uncertain + heldForTime(now) === 0) break;
      if (performance.now() - movedMs > STUCK_MS)
        throw new Error(`nothing moves: ${JSON.stringify([now, cloud.log.lines.slice(-LOG_LINES)])}`);
      await delay(POLL_MS);
    }
  }
  return status;
}

/** Of the dispatcher's log, in the error of a run that is stuck. */
const LOG_LINES = 5;

/** What changes by itself. */
const ages = { oldestPendingAgeMs: 0, oldest: 0 };

/** Held behind a parked item waits for a person, and is no reason to go on. */
const heldForTime = (status: DestinationStatus): number => (status.parked > 0 ? 0 : status.held);
