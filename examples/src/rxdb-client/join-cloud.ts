import { mayPush, type Collection, type WireDocument } from "@tillsync/sync-protocol";
import type { RxCollection } from "rxdb";
import { replicateRxCollection, type RxReplicationState } from "rxdb/plugins/replication";
import { Subject } from "rxjs";
import { pullDocuments, pushDocuments, type CloudAddress } from "./cloud-client.ts";
import { followStream } from "./follow-stream.ts";
import { createLivePosition, type LivePosition, type MasterChange } from "./live-position.ts";
import type { Checkpoint } from "@tillsync/sync-protocol";

/** Documents of one pull; the cloud gives a thousand at most. */
const PULL_BATCH = 1_000;
const PUSH_BATCH = 100;

export interface JoinOptions {
  /** Follow changes; without it everything there is now is fetched, and that is all. */
  readonly live?: boolean;
  /** Send local changes of `members` and `orders`. Only for callers that may write. */
  readonly push?: boolean;
  /** How long RxDB waits before it repeats what failed. */
  readonly retryTimeMs?: number;
  /** Told when the live stream fails; it comes back by itself. */
  readonly onStreamError?: (error: unknown) => void;
}

export type Replication = RxReplicationState<WireDocument, Checkpoint>;

export interface Joined {
  readonly replications: ReadonlyMap<Collection, Replication>;
  /** Ends the stream and the replications; what is in the collections stays. */
  leave(): Promise<void>;
}

interface Joining {
  readonly position: LivePosition;
  readonly changes: Subject<MasterChange>;
  readonly replication: Replication;
}

/**
 * Joins RxDB collections to the cloud: each pulls by checkpoint, all of them share one live stream, and those that stores
 * may change push theirs. The replications are RxDB's own; await `awaitInitialReplication()` of each for the first load.
 */
export function joinCloud(
  cloud: CloudAddress,
  collections: Readonly<Partial<Record<Collection, RxCollection<WireDocument>>>>,
  options: JoinOptions = {},
): Joined {
  const joining = new Map<Collection, Joining>();
  for (const [name, collection] of Object.entries(collections) as [Collection, RxCollection<WireDocument>][])
    joining.set(name, joinCollection(cloud, name, collection, options));
  const stop = new AbortController();
  const following = options.live === true ? followAll(cloud, joining, options, stop.signal) : Promise.resolve();
  return {
    replications: new Map([...joining].map(([name, { replication }]) => [name, replication])),
    leave: async () => {
      stop.abort();
      await Promise.all([...joining.values()].map(({ replication }) => replication.cancel()));
      await following;
    },
  };
}

function joinCollection(cloud: CloudAddress, name: Collection, collection: RxCollection<WireDocument>, options: JoinOptions): Joining {
  const position = createLivePosition();
  const changes = new Subject<MasterChange>();
  const replication = replicateRxCollection<WireDocument, Checkpoint>({
    collection,
    // Names the checkpoint that RxDB keeps: another cloud is another replication.
    replicationIdentifier: `tillsync-${name}-${cloud.url}`,
    live: options.live === true,
    retryTime: options.retryTimeMs ?? 5_000,
    pull: {
      batchSize: PULL_BATCH,
      stream$: changes.asObservable(),
      handler: async (checkpoint, batchSize) => {
        const pulled = await pullDocuments(cloud, name, checkpoint, batchSize);
        position.pulled(pulled.checkpoint);
        return pulled;
      },
    },
    ...(options.push === true && mayPush(name)
      ? { push: { batchSize: PUSH_BATCH, handler: (rows) => pushDocuments(cloud, name, rows) } }
      : {}),
  });
  return { position, changes, replication };
}

/** The stream begins when every collection has been pulled once: before that everything would be news. */
async function followAll(
  cloud: CloudAddress,
  joining: ReadonlyMap<Collection, Joining>,
  options: JoinOptions,
  signal: AbortSignal,
): Promise<void> {
  const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  const first = Promise.all([...joining.values()].map(({ replication }) => replication.awaitInitialReplication()));
  await Promise.race([first, aborted]);
  await followStream(
    cloud,
    {
      checkpoints: () => Object.fromEntries([...joining].map(([name, { position }]) => [name, position.checkpoint])),
      onError: (error) => options.onStreamError?.(error),
      onEvent: (event) => {
        const concerned = event.kind === "resync" ? [...joining.values()] : [joining.get(event.collection)];
        for (const one of concerned) {
          const change = one?.position.take(event);
          if (change !== undefined) one?.changes.next(change);
        }
      },
    },
    signal,
  );
}
