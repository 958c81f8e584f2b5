import { createHash } from "node:crypto";
import type { Checkpoint, WireDocument } from "@tillsync/sync-protocol";
import type { RxCollection } from "rxdb";
import { addRxPlugin } from "rxdb";
import { disableWarnings, RxDBDevModePlugin } from "rxdb/plugins/dev-mode";
import { replicateRxCollection, type RxReplicationState } from "rxdb/plugins/replication";
import { getRxStorageMemory } from "rxdb/plugins/storage-memory";
import { wrappedValidateAjvStorage } from "rxdb/plugins/validate-ajv";
import { Subject } from "rxjs";
import { afterAll, afterEach, beforeAll, describe, it, vi } from "vitest";
import { pullDocuments, pushDocuments, type CloudAddress } from "../../../../../examples/src/rxdb-client/cloud-client.ts";
import { followStream } from "../../../../../examples/src/rxdb-client/follow-stream.ts";
import { createLivePosition, type MasterChange } from "../../../../../examples/src/rxdb-client/live-position.ts";
import type { Database } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { openTestDatabase } from "../../db/testing/open-test-database.ts";
import { openReferenceCloud, type ReferenceCloud } from "./testing/open-reference-cloud.ts";

/*
 * RxDB's own suite for replications, as it ships, against our protocol over HTTP. Its documents are people; here they are
 * members, with everything that the cloud has no field for in the sealed part. Attachments are not replicated, so their tests do not run.
 */
disableWarnings();
addRxPlugin(RxDBDevModePlugin);
vi.stubGlobal("describe", describe);
vi.stubGlobal("it", it);
const said = vi.spyOn(console, "log").mockImplementation(() => undefined);
const { runReplicationBaseTestSuite, setConfig } = await import("rxdb/plugins/test-utils");
setConfig({
  storage: {
    name: "memory",
    getStorage: () => wrappedValidateAjvStorage({ storage: getRxStorageMemory() }),
    getPerformanceStorage: () => ({ description: "", storage: getRxStorageMemory() }),
    hasPersistence: false,
    hasMultiInstance: false,
    hasAttachments: false,
    hasReplication: true,
  },
});

interface Human {
  readonly passportId: string;
  readonly _deleted?: boolean;
}

let db: Database;
let cloud: ReferenceCloud;
let token: string;
const running: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  db = await openTestDatabase();
  cloud = await openReferenceCloud(db);
  token = await cloud.service("suite", ["reference:read", "reference:write"]);
});
const stopAll = () => Promise.all(running.splice(0).map((stop) => stop()));
afterEach(stopAll);

const address: CloudAddress = {
  get url() {
    return cloud.url;
  },
  authorization: () => token,
};
afterAll(async () => {
  said.mockRestore();
  vi.unstubAllGlobals();
  await cloud.close();
  await db.close();
});

/** Members are named by pseudonyms; of a deleted one nothing else is left. */
const known = new Map<string, string>();
const pseudonymOf = (passportId: string): string => {
  const id = createHash("sha256").update(passportId).digest("base64url").slice(0, 22);
  known.set(id, passportId);
  return id;
};
const JWE_HEADER = Buffer.from(JSON.stringify({ alg: "dir", enc: "A256GCM" })).toString("base64url");
const toMember = ({ passportId, _deleted, ...rest }: Human): WireDocument => ({
  id: pseudonymOf(passportId),
  sealed: `${JWE_HEADER}.b.c.d.${Buffer.from(JSON.stringify(rest)).toString("base64url")}`,
  schemaVersion: 1,
  version: 1,
  _deleted: _deleted ?? false,
});
const unsealed = (sealed: string): object => JSON.parse(Buffer.from(sealed.split(".")[4] ?? "", "base64url").toString()) as object;
const toHuman = ({ id, sealed, _deleted }: WireDocument): Human => ({
  ...(typeof sealed === "string" ? unsealed(sealed) : { firstName: "", lastName: "", age: 0 }),
  passportId: known.get(id) ?? id,
  _deleted,
});

function replicate(collection: RxCollection, live: boolean): RxReplicationState<Human, Checkpoint> {
  const changes = new Subject<MasterChange>();
  const position = createLivePosition();
  const stop = new AbortController();
  const replication = replicateRxCollection<Human, Checkpoint>({
    collection: collection as RxCollection<Human>,
    replicationIdentifier: "suite",
    live,
    retryTime: 100,
    pull: {
      batchSize: 10,
      stream$: changes.asObservable() as never,
      modifier: toHuman as never,
      handler: async (checkpoint, batchSize) => {
        const pulled = await pullDocuments(address, "members", checkpoint, batchSize);
        position.pulled(pulled.checkpoint);
        return pulled as never;
      },
    },
    push: {
      batchSize: 10,
      modifier: toMember as never,
      handler: (async (rows: never) => (await pushDocuments(address, "members", rows)).map(toHuman)) as never,
    },
  });
  const reader = {
    checkpoints: () => ({ members: position.checkpoint }),
    onError: () => undefined,
    onEvent: (event: Parameters<typeof position.take>[0]) => {
      const change = position.take(event);
      if (change !== undefined) changes.next(change);
    },
  };
  const following = live ? replication.awaitInitialReplication().then(() => followStream(address, reader, stop.signal)) : undefined;
  running.push(async () => {
    stop.abort();
    await replication.cancel();
    await following;
  });
  return replication;
}

const masters = (): Promise<WireDocument[]> => pullDocuments(address, "members", {}, 1_000).then(({ documents }) => documents);

runReplicationBaseTestSuite({
  startReplication: (collection) => replicate(collection, true),
  syncOnce: async (collection) => {
    const replication = replicate(collection, false);
    await replication.awaitInitialReplication();
    await replication.awaitInSync();
    await replication.cancel();
  },
  getAllServerDocs: async () => (await masters()).map(toHuman),
  // A database that begins anew under a cloud that goes on is nothing that happens: the cloud begins anew too.
  cleanUpServer: async () => {
    await stopAll();
    await cloud.close();
    await db.query(sql`DELETE FROM reference_change`);
    await db.query(sql`DELETE FROM reference_document`);
    await db.query(sql`DELETE FROM reference_scope`);
    cloud = await openReferenceCloud(db);
  },
  softDeletes: true,
  isDeleted: (human: Human) => human._deleted === true,
  getPrimaryOfServerDoc: (human: Human) => human.passportId,
});
