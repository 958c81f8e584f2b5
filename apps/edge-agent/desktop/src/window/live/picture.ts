import { rxSchema, type WireDocument } from "@tillsync/sync-protocol";
import { WINDOW_WAIT_MAX_MS } from "@tillsync/edge-agent/window-api";
import { createRxDatabase, type RxCollection } from "rxdb";
import { getRxStorageMemory } from "rxdb/plugins/storage-memory";
import { liveCollections, type LiveCollection } from "./live-collections.ts";
import { pause, type LivePorts } from "./ports.ts";
import { replicate, type Replicated, type ReplicateDeps } from "./replicate.ts";
import { retryDelayMs } from "./retry.ts";

/** Changes of this long are pulled together. */
export const GATHER_MS = 200;

export type Collections = Readonly<Record<LiveCollection, RxCollection<WireDocument>>>;

/** One life of the collections, from an empty memory to its end. */
export interface Picture {
  readonly collections: Collections;
  /** Resolves when all collections have been loaded once. */
  readonly loaded: Promise<void>;
  readonly close: () => Promise<void>;
}

export interface PictureDeps {
  readonly ports: LivePorts;
  /** No more of this picture: the agent cannot say what was missed, or too much was deleted. A new one is to be opened. */
  readonly onEnd: () => void;
  /** A step is under way: whoever took it must hear what became of it. */
  readonly isAsking: () => boolean;
  readonly onFailure: (error: unknown) => void;
  readonly onAnswer: () => void;
  readonly onPushed: ReplicateDeps["onPushed"];
}

/** Opens empty collections and lets them follow the agent. `name` is used by no other open picture. */
export async function openPicture(name: string, deps: PictureDeps): Promise<Picture> {
  const stop = new AbortController();
  // A storage of its own: what it held is gone with it.
  const database = await createRxDatabase({ name, storage: getRxStorageMemory(), multiInstance: false });
  const schemas = Object.fromEntries(liveCollections.map((name) => [name, { schema: rxSchema(name) }]));
  const collections = (await database.addCollections(schemas)) as unknown as Collections;
  let ended = false;
  const end = (): void => {
    if (!ended && !stop.signal.aborted) deps.onEnd();
    ended = true;
  };
  const shared = { ...deps, signal: stop.signal, onUnknown: end };
  const joined = new Map(liveCollections.map((name) => [name, replicate(shared, name, collections[name], name === "orders")]));
  const loaded = Promise.all([...joined.values()].map(({ replication }) => replication.awaitInitialReplication())).then(() => undefined);
  const following = loaded.then(() => follow(deps, joined, end, stop.signal));
  return {
    collections,
    loaded,
    close: async () => {
      stop.abort();
      await Promise.all([...joined.values()].map(({ replication }) => replication.cancel()));
      await following;
      await database.close();
    },
  };
}

/** Asks what has changed, for as long as the picture lives. An answer that is lost is asked for again: the agent keeps no position for us. */
async function follow(
  { ports, isAsking, onAnswer, onFailure }: PictureDeps,
  joined: ReadonlyMap<LiveCollection, Replicated>,
  end: () => void,
  signal: AbortSignal,
): Promise<void> {
  const aborted = new Promise<undefined>((resolve) => signal.addEventListener("abort", () => resolve(undefined), { once: true }));
  for (let failures = 0; !signal.aborted;) {
    const checkpoints = Object.fromEntries([...joined].map(([name, { checkpoint }]) => [name, checkpoint()]));
    try {
      const asked = ports.agent.ask("reference-wait", {
        checkpoints,
        waitMs: WINDOW_WAIT_MAX_MS,
      });
      const answer = await Promise.race([asked, aborted]);
      if (answer === undefined) return;
      onAnswer();
      failures = 0;
      for (const event of answer.events) {
        if (event.kind === "resync") return end();
        await (joined as ReadonlyMap<string, Replicated>).get(event.collection)?.pullAgain();
      }
    } catch (error) {
      onFailure(error);
      await pause(ports, retryDelayMs(failures, ports.random), signal);
      failures += 1;
    }
    if (!isAsking() && [...joined.values()].some(({ isWorn }) => isWorn())) return end();
    await pause(ports, GATHER_MS, signal);
  }
}
