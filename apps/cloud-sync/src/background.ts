import { realpathSync } from "node:fs";
import { hostname } from "node:os";
import type { Database } from "./db/database.ts";
import type { Wake } from "./event-log/wake.ts";
import { runAccounts } from "./accounts/run-accounts.ts";
import { runDestinations } from "./destinations/run-destinations.ts";
import { loadSeal, type Seal } from "./destinations/seal.ts";
import { runFeeds } from "./feeds/run-feeds.ts";
import { runFolds } from "./folds/run-folds.ts";
import type { Pressure } from "./ingest/pressure.ts";
import { runSnapshots } from "./reference/snapshots/run-snapshots.ts";
import { followShards } from "./subscribers/follow-shards.ts";
import { systemPorts, type BackgroundLog, type BackgroundPorts } from "./subscribers/ports.ts";
import { runSubscriber, type SubscriberDeps } from "./subscribers/run-subscriber.ts";
import { transactionsSubscriber } from "./transactions/transactions-subscriber.ts";

export interface BackgroundDeps {
  readonly db: Database;
  readonly wake: Wake;
  readonly pressure: Pressure;
  readonly log: BackgroundLog;
  /** Names this process among those on one database, and holds the key that opens the destinations' secrets. */
  readonly dataDir: string;
  /** Value of TILLSYNC_SEAL_KEY; without it the key of the data folder is used. */
  readonly sealKey?: string | undefined;
  readonly ports?: BackgroundPorts;
}

/** Readers step aside for a draining backlog, but a page a second goes on. */
const MAKE_WAY_MAX_MS = 1_000;
const SEAL_RETRY_MS = 10_000;

/**
 * Starts what follows the event log: the read model, what flows down from it, and the destinations. `stop` ends it between two transactions and
 * two deliveries; what a kill interrupts is done again from the last cursor.
 */
export function startBackground(given: BackgroundDeps): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const deps: SubscriberDeps = {
    db: given.db,
    wake: given.wake,
    log: given.log,
    ports: given.ports ?? systemPorts,
    owner: `${hostname()}:${realpathSync(given.dataDir)}`,
    makeWay: (abort) => given.pressure.quiet(MAKE_WAY_MAX_MS, abort),
  };
  const transactions = transactionsSubscriber(deps.db, deps.wake, deps.ports);
  const readers = followShards(deps, signal, (shard) => runSubscriber(deps, transactions, shard, signal));
  const accounts = followShards(deps, signal, (shard) => runAccounts(deps, shard, signal));
  const folds = followShards(deps, signal, (shard) => runFolds(deps, shard, signal));
  const destinations = withSeal(deps, given, signal, (seal) => runDestinations(deps, seal, signal));
  const feeds = withSeal(deps, given, signal, (seal) => runFeeds({ ...deps, seal }, signal));
  const snapshots = runSnapshots({ ...deps, busy: () => given.pressure.busy() }, signal);
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all([readers, accounts, folds, destinations, feeds, snapshots]);
    },
  };
}

/** A seal key that cannot be read stops no sale from being stored: destinations and feeds wait until it is there. */
async function withSeal(
  deps: SubscriberDeps,
  given: BackgroundDeps,
  signal: AbortSignal,
  work: (seal: Seal) => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await work(await loadSeal(given.dataDir, given.sealKey));
    } catch (error) {
      deps.log.error({ err: error }, "destinations and feeds wait: the seal key cannot be read");
      await deps.ports.sleep(SEAL_RETRY_MS, signal);
    }
  }
}
