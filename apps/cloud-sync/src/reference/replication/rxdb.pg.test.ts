import { createRxDatabase, addRxPlugin, type RxCollection, type RxDatabase } from "rxdb";
import { RxDBDevModePlugin, disableWarnings } from "rxdb/plugins/dev-mode";
import { getRxStorageMemory } from "rxdb/plugins/storage-memory";
import { wrappedValidateAjvStorage } from "rxdb/plugins/validate-ajv";
import { rxSchema, type Collection, type WireDocument } from "@tillsync/sync-protocol";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { joinCloud, type Joined, type JoinOptions } from "../../../../../examples/src/rxdb-client/join-cloud.ts";
import type { Database } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { openTestDatabase } from "../../db/testing/open-test-database.ts";
import type { TestTerminal } from "../../testing/test-terminal.ts";
import { aPrice, openReferenceCloud, type ReferenceCloud } from "./testing/open-reference-cloud.ts";

disableWarnings();
addRxPlugin(RxDBDevModePlugin);
const storage = wrappedValidateAjvStorage({ storage: getRxStorageMemory() });

/** A pseudonym, as members are named. */
const M1 = "m100000000000000000000";

let db: Database;
let cloud: ReferenceCloud;
let till: TestTerminal;
let errors: unknown[] = [];
let names = 0;
beforeAll(async () => {
  db = await openTestDatabase();
  cloud = await openReferenceCloud(db);
  till = await cloud.cloud.enrolled("till-1", "S1");
});
afterAll(async () => {
  await cloud.close();
  await db.close();
});

type Collections = Partial<Record<Collection, RxCollection<WireDocument>>>;

async function openRx(...collections: Collection[]): Promise<{ rx: RxDatabase; of: Record<Collection, RxCollection<WireDocument>> }> {
  const rx = await createRxDatabase({ name: `rx${(names += 1)}`, storage, multiInstance: false });
  onTestFinished(async () => void (await rx.close()));
  const made = await rx.addCollections(Object.fromEntries(collections.map((name) => [name, { schema: rxSchema(name) }])));
  return { rx, of: made as unknown as Record<Collection, RxCollection<WireDocument>> };
}

async function join(collections: Collections, options: JoinOptions = {}, terminal = till): Promise<Joined> {
  errors = [];
  const address = { url: cloud.url, authorization: () => cloud.proofOf(terminal) };
  const joined = joinCloud(address, collections, { retryTimeMs: 50, onStreamError: (error) => errors.push(error), ...options });
  onTestFinished(() => joined.leave());
  for (const replication of joined.replications.values()) {
    replication.error$.subscribe((error) => errors.push(error));
    await replication.awaitInitialReplication();
  }
  return joined;
}

const contents = async (collection: RxCollection<WireDocument>): Promise<Record<string, unknown>> =>
  Object.fromEntries(
    (await collection.find().exec()).map((document) => [document.get("id"), document.get("amount") ?? document.get("tier")]),
  );

const holds = (collection: RxCollection<WireDocument>, wanted: object) =>
  vi.waitFor(async () => expect(await contents(collection)).toEqual(wanted), { timeout: 5_000, interval: 10 });

test("pulls its scopes, goes live, hears of tombstones and of documents that move", async () => {
  await cloud.write(
    ["prices", "all", "p1", aPrice("100")],
    ["prices", "store:S1", "p2", aPrice("200")],
    ["prices", "store:S2", "p3", aPrice("300")],
    ["prices", "terminal:till-1", "p4", aPrice("400")],
  );
  const { of } = await openRx("prices");
  await join({ prices: of.prices }, { live: true });
  expect(await contents(of.prices)).toEqual({ p1: "100", p2: "200", p4: "400" });
  await cloud.write(["prices", "all", "p1", aPrice("101")]);
  await holds(of.prices, { p1: "101", p2: "200", p4: "400" });
  await cloud.write(["prices", "terminal:till-1", "p4"]);
  await holds(of.prices, { p1: "101", p2: "200" });
  await cloud.write(["prices", "store:S2", "p2", aPrice("201")]);
  await holds(of.prices, { p1: "101" });
  await cloud.write(["prices", "store:S1", "p3", aPrice("301")]);
  await holds(of.prices, { p1: "101", p3: "301" });
  await cloud.write(["prices", "all", "p3", aPrice("302")]);
  await holds(of.prices, { p1: "101", p3: "302" });
  await cloud.write(...Array.from({ length: 250 }, (_, i) => ["prices", "all", `many${i}`, aPrice("1", `i${i}`)] as const));
  await vi.waitFor(async () => expect(Object.keys(await contents(of.prices))).toHaveLength(252), { timeout: 5_000 });
  expect(errors).toEqual([]);
});

test("a change by one reaches the cloud and the other; a conflict keeps what the cloud has", async () => {
  await cloud.write(["members", "store:S1", M1, { tier: "silver" }]);
  const [a, b] = [(await openRx("members")).of.members, (await openRx("members")).of.members];
  await join({ members: a }, { live: true, push: true });
  const second = await join({ members: b }, { live: true, push: true }, await cloud.cloud.enrolled("till-2", "S1"));
  const change = async (collection: typeof a, tier: string): Promise<void> => {
    await (await collection.findOne(M1).exec(true)).incrementalPatch({ tier });
  };
  await change(a, "gold");
  await Promise.all([holds(a, { [M1]: "gold" }), holds(b, { [M1]: "gold" })]);
  await change(a, "bronze");
  await Promise.all([holds(a, { [M1]: "bronze" }), holds(b, { [M1]: "bronze" })]);
  await second.replications.get("members")?.pause();
  await change(b, "black");
  await change(a, "blue");
  await vi.waitFor(async () => expect(await tierInCloud()).toBe("blue"), { timeout: 5_000, interval: 10 });
  await second.replications.get("members")?.start();
  await holds(b, { [M1]: "blue" });
  expect(await contents(a)).toEqual({ [M1]: "blue" });
  expect(errors).toEqual([]);
});

const tierInCloud = async (): Promise<unknown> =>
  (await db.query<{ tier: string }>(sql`SELECT body->>'tier' AS tier FROM reference_document WHERE id = ${M1}`))[0]?.tier;

test("goes on from its checkpoint after it was closed", async () => {
  await cloud.write(["stores", "all", "S1", { name: "Main", timeZone: "Europe/Berlin", currency: "EUR" }]);
  const { of } = await openRx("stores");
  const asked: string[] = [];
  cloud.cloud.app.server.on("request", ({ url }: { url: string }) => url.includes("stores/pull") && asked.push(decodeURIComponent(url)));
  await (await join({ stores: of.stores })).leave();
  await cloud.write(["stores", "all", "S9", { name: "New", timeZone: "Europe/Berlin", currency: "EUR" }]);
  await join({ stores: of.stores });
  expect(Object.keys(await contents(of.stores))).toEqual(["S1", "S9"]);
  expect(asked).toHaveLength(2);
  expect(asked[0]).toContain("checkpoint={}");
  expect(asked[1]).toContain(`"all":1`);
});
