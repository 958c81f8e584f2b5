import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ALL, TillsyncError, type Checkpoint, type Collection, type WireDocument } from "@tillsync/sync-protocol";
import { createRxDatabase, type RxCollection, type RxDatabase } from "rxdb";
import { replicateRxCollection, type RxReplicationState } from "rxdb/plugins/replication";
import { getRxStorageMemory } from "rxdb/plugins/storage-memory";
import { Subject } from "rxjs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { askAgent } from "../../../apps/edge-agent/src/control/ask-agent.ts";
import { startAgent, type Agent } from "../../../apps/edge-agent/src/core/lifecycle.ts";
import { exportJournal } from "../../../apps/edge-agent/src/journal/export-journal.ts";
import { fillCloud, priceOf, STORE_SCOPE } from "../../../apps/edge-agent/src/reference/testing/documents.ts";
import { ModelReferenceCloud } from "../../../apps/edge-agent/src/reference/testing/model-reference-cloud.ts";
import { ReferenceTill, SCOPES } from "../../../apps/edge-agent/src/reference/testing/reference-till.ts";
import type { Served } from "../../../apps/edge-agent/src/replicator/testing/serve-cloud.ts";
import { openToRead } from "../../../apps/edge-agent/src/store/open-to-read.ts";

/* A window as it is in a shop: RxDB with memory storage, which replicates with the agent through its control socket alone. */

let cloud: ModelReferenceCloud;
let served: Served;
let till: ReferenceTill;
let agent: Agent;
let database: RxDatabase;
let replications: RxReplicationState<WireDocument, Checkpoint>[];
let end: AbortController;

beforeEach(async () => {
  end = new AbortController();
  replications = [];
  cloud = new ModelReferenceCloud(SCOPES);
  served = await cloud.serve();
  till = new ReferenceTill();
  till.enrol(served.url);
  till.store.close();
  const log = { info() {}, warn() {}, error() {} };
  agent = await startAgent(till.dir, { ports: { ...till.ports, env: {} }, log, onStopWish() {} });
  database = await createRxDatabase({ name: `window-${process.hrtime.bigint()}`, storage: getRxStorageMemory() });
});
afterEach(async () => {
  end.abort();
  for (const replication of replications) await replication.cancel();
  await database.close();
  await agent.stop();
  till.store = till.open();
  await till.close();
  await served.close();
});

async function until(done: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + 15_000; !(await done()); await sleep(5))
    if (Date.now() > end) throw new Error(`not reached: ${what}; ${JSON.stringify(agent.status().reference)}`);
}

async function openCollection(name: Collection): Promise<RxCollection<WireDocument>> {
  const schema = {
    version: 0,
    primaryKey: "id",
    type: "object",
    properties: { id: { type: "string", maxLength: 200 }, version: { type: "integer" }, schemaVersion: { type: "integer" } },
    required: ["id"],
  } as const;
  const made = await database.addCollections({ [name]: { schema: schema as never } });
  const collection = made[name] as unknown as RxCollection<WireDocument>;
  const word = new Subject<"RESYNC">();
  let checkpoint: Checkpoint = {};
  const replication = replicateRxCollection<WireDocument, Checkpoint>({
    collection,
    replicationIdentifier: `agent-${name}`,
    live: true,
    retryTime: 20,
    pull: {
      batchSize: 200,
      stream$: word,
      handler: async (last, limit) => {
        const answer = await askAgent(till.dir, "reference-pull", { collection: name, checkpoint: last ?? {}, limit });
        if (answer === undefined) throw new Error("no agent runs");
        checkpoint = answer.checkpoint;
        return { documents: answer.documents, checkpoint };
      },
    },
    push: {
      batchSize: 20,
      handler: async (rows) => {
        const conflicts = await askAgent(till.dir, "reference-push", { collection: name, rows });
        if (conflicts === undefined) throw new Error("no agent runs");
        return conflicts;
      },
    },
  });
  replications.push(replication);
  void (async () => {
    await replication.awaitInitialReplication();
    while (!end.signal.aborted) {
      const answer = await askAgent(till.dir, "reference-wait", { checkpoints: { [name]: checkpoint }, waitMs: 1_000 }).catch(
        () => undefined,
      );
      if (answer !== undefined && answer.events.length > 0) word.next("RESYNC");
      await sleep(answer === undefined ? 50 : 5);
    }
  })();
  return collection;
}

const MEMBER = "m".repeat(22);

const order = (status: string): Record<string, unknown> => ({
  orderId: "o1",
  storeId: "S1",
  status,
  lines: [{ itemId: "i1", quantity: { value: "2", uom: "EA" } }],
  currency: "EUR",
  exponent: 2,
  total: "400",
  due: "0",
  revision: 1,
});

test("a window with RxDB in memory has what the terminal sees, and follows it live through the agent's socket", async () => {
  fillCloud(cloud, 700);
  cloud.takeSnapshots();
  const prices = await openCollection("prices");
  await until(async () => (await prices.count().exec()) === cloud.count("prices"), "all prices in the window");
  await until(() => cloud.streams.size > 0, "stream");
  cloud.put("prices", ALL, "p5", priceOf(5, 4_711));
  cloud.put("prices", STORE_SCOPE, "s0", undefined);
  await until(async () => (await prices.findOne("p5").exec())?.get("amount") === "4711", "new price in the window");
  await until(async () => (await prices.findOne("s0").exec()) === null, "deleted price");
  expect(await prices.count().exec()).toBe(cloud.count("prices"));
});

test("what a window changes goes into the journal once, and only what a store may change", async () => {
  cloud.put("orders", STORE_SCOPE, "o1", order("picked"));
  cloud.put("members", ALL, MEMBER, { tier: "gold", state: "active" });
  const [orders, members] = [await openCollection("orders"), await openCollection("members")];
  await until(async () => (await orders.count().exec()) === 1 && (await members.count().exec()) === 1, "order and member in the window");
  await (await orders.findOne("o1").exec(true)).incrementalPatch({ status: "fulfilled" });
  await (await members.findOne(MEMBER).exec(true)).incrementalPatch({ consents: { email: true } });
  await until(() => journal().length === 2, "two entries");
  expect(journal()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        transactionType: "OrderStatus",
        orderStatus: expect.objectContaining({ orderId: "o1", status: "fulfilled" }),
      }),
      expect.objectContaining({
        transactionType: "MemberChange",
        memberChange: { memberRef: MEMBER, kind: "updated", consents: { email: true } },
      }),
    ]),
  );
  // The cloud's state comes back, as its own doing.
  cloud.put("orders", STORE_SCOPE, "o1", { ...order("fulfilled"), handedOverBy: "till-1" });
  await until(async () => (await orders.findOne("o1").exec())?.get("handedOverBy") === "till-1", "the cloud's answer");
  // Money is not a store's to change: the window gets the master's state back.
  await (await orders.findOne("o1").exec(true)).incrementalPatch({ total: "1" });
  await until(async () => (await orders.findOne("o1").exec())?.get("total") === "400", "the master's total");
  expect(journal()).toHaveLength(2);
});

test("the same push twice is one entry; a document that has changed meanwhile comes back; other collections are refused", async () => {
  cloud.put("orders", STORE_SCOPE, "o1", order("picked"));
  await until(() => agent.status().reference.collections.some(({ name, documents }) => name === "orders" && documents === 1), "order here");
  const [standing] = (await askAgent(till.dir, "reference-pull", { collection: "orders", checkpoint: {}, limit: 10 }))!.documents;
  const rows = [{ assumedMasterState: standing!, newDocumentState: { ...standing!, status: "fulfilled" } }];
  const push = () => askAgent(till.dir, "reference-push", { collection: "orders", rows });
  expect(await push()).toEqual([]);
  expect(await push()).toEqual([]);
  expect(journal()).toHaveLength(1);
  const stale = [{ assumedMasterState: { ...standing!, version: 99 }, newDocumentState: { ...standing!, status: "delivered" } }];
  expect(await askAgent(till.dir, "reference-push", { collection: "orders", rows: stale })).toEqual([standing]);
  await expect(askAgent(till.dir, "reference-push", { collection: "prices", rows })).rejects.toMatchObject({
    code: "reference.not-writable",
  });
  await expect(
    askAgent(till.dir, "reference-pull", { collection: "orders", checkpoint: { [SCOPES[2]!]: 5 }, limit: 1 }),
  ).rejects.toBeInstanceOf(TillsyncError);
  await expect(
    askAgent(till.dir, "reference-pull", { collection: "orders", checkpoint: { [SCOPES[2]!]: 5 }, limit: 1 }),
  ).rejects.toMatchObject({ code: "reference.checkpoint-unknown" });
  expect(await askAgent(till.dir, "reference-wait", { checkpoints: { orders: { [SCOPES[2]!]: 5 } }, waitMs: 10 })).toEqual({
    events: [{ kind: "resync" }],
  });
  const empty = mkdtempSync(join(tmpdir(), "tillsync-window-"));
  expect(await askAgent(empty, "reference-wait", { checkpoints: {}, waitMs: 0 })).toBeUndefined();
  rmSync(empty, { recursive: true });
});

/** Transactions of the journal as they were written. */
function journal(): Record<string, unknown>[] {
  const store = openToRead(till.dir, () => Date.now());
  try {
    return [...exportJournal(store, { terminalId: null, storeId: null }, () => undefined)]
      .flatMap((line) => String(line).split("\n"))
      .flatMap((line) =>
        line.includes('"transaction":{') ? [JSON.parse(line) as { body?: { transaction?: Record<string, unknown> } }] : [],
      )
      .flatMap((entry) => (entry.body?.transaction === undefined ? [] : [entry.body.transaction]));
  } finally {
    store.close();
  }
}
