import { rxSchema, type Collection, type WireDocument } from "@tillsync/sync-protocol";
import { createRxDatabase, type RxCollection, type RxDatabase, type RxStorage } from "rxdb";
import { getRxStorageMemory } from "rxdb/plugins/storage-memory";
import type { CloudAddress } from "./cloud-client.ts";
import { joinCloud, type JoinOptions, type Joined } from "./join-cloud.ts";

/** A live read model: RxDB collections that follow the cloud. */
export interface OpenWindow {
  readonly database: RxDatabase;
  readonly collections: Readonly<Partial<Record<Collection, RxCollection<WireDocument>>>>;
  readonly joined: Joined;
  close(): Promise<void>;
}

export interface WindowOptions extends JoinOptions {
  readonly name?: string;
  /** RxDB's memory storage unless another is given: what a window shows is small and comes again in a second. */
  readonly storage?: RxStorage<unknown, unknown>;
}

/** Opens collections and joins them to the cloud. Resolves when each holds what there is; then ask RxDB, or subscribe to its queries. */
export async function openWindow(cloud: CloudAddress, names: readonly Collection[], options: WindowOptions = {}): Promise<OpenWindow> {
  const storage = options.storage ?? getRxStorageMemory();
  const database = await createRxDatabase({ name: options.name ?? "tillsync", storage, multiInstance: false });
  const schemas = Object.fromEntries(names.map((name) => [name, { schema: rxSchema(name) }]));
  const collections = (await database.addCollections(schemas)) as unknown as OpenWindow["collections"];
  const joined = joinCloud(cloud, collections, { live: true, ...options });
  for (const replication of joined.replications.values()) await replication.awaitInitialReplication();
  return {
    database,
    collections,
    joined,
    close: async () => {
      await joined.leave();
      await database.close();
    },
  };
}
