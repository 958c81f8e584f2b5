import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startBackground } from "../background.ts";
import { startReceiver, type Receiver } from "../connectors/testing/misbehaving-receiver.ts";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { openTestDatabase } from "../db/testing/open-test-database.ts";
import { createWake, entriesTopic } from "../event-log/wake.ts";
import { createPressure } from "../ingest/pressure.ts";
import { systemPorts } from "../subscribers/ports.ts";
import { recordingLog } from "../subscribers/testing/quiet.ts";
import { exportSales } from "../transactions/export-sales.ts";
import { retakeSetAside } from "../transactions/retake.ts";
import { addTerminal, appendDrafts } from "../transactions/testing/append-drafts.ts";
import { makeSale, transactionDraft } from "../transactions/testing/make-transaction.ts";
import { listDeliveries } from "./deliveries.ts";
import { addDestination, readDestinationState, setDestinationState } from "./destination.ts";
import { DESTINATIONS_TOPIC } from "./destination-name.ts";
import { reconcileDay } from "./reconcile.ts";
import { startReplay } from "./replay.ts";
import { loadSeal } from "./seal.ts";
import { destinationsStatus } from "./status.ts";
import { fileOf, picture, until } from "./testing/run-dispatcher.ts";

let db: Database;
let dir: string;
let receiver: Receiver;
let background: { stop(): Promise<void> } | undefined;
const wake = createWake();
const log = recordingLog();

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "tillsync-fan-out-"));
  db = await openTestDatabase();
  receiver = await startReceiver();
  await addTerminal(db, "till-1", "store-1", ["9"]);
});
afterEach(async () => {
  await background?.stop();
  background = undefined;
  await receiver.close();
  await db.close();
  await rm(dir, { recursive: true });
});

const start = (): void => {
  background = startBackground({ db, wake, log, pressure: createPressure(() => Date.now()), dataDir: dir });
};
const add = async (extra: object = {}): Promise<void> =>
  addDestination(db, fileOf({ url: receiver.url, ...extra }), await loadSeal(dir, undefined), 1);
const ids = (from = 0): string[] => receiver.seen.slice(from).map((one) => String(one.headers["webhook-id"]));
const append = async (drafts: Parameters<typeof appendDrafts>[2]): Promise<void> => {
  await appendDrafts(db, { terminal: "till-1" }, drafts);
  wake.notify(entriesTopic("main"));
};

test("from the log to a real receiver: one in ten is bad, nine arrive; after the fix the bad ones follow in order, once", async () => {
  await add();
  start();
  const drafts = Array.from({ length: 200 }, (_, i) =>
    transactionDraft(makeSale({ sequence: String(i), store: i % 10 === 4 ? "66" : "9" })),
  );
  await append(drafts);
  await until(db, (now) => now.delivered === 180);
  expect(await db.query(sql`SELECT code, count(*) AS count FROM set_aside GROUP BY code`)).toEqual([
    { code: "entry.not-allowed", count: 20 },
  ]);
  await addTerminal(db, "till-1", "store-1", ["9", "66"]);
  expect(await retakeSetAside(db, Date.now)).toEqual({ takenUp: 20, stillOpen: 0 });
  await until(db, (now) => now.delivered === 200);
  expect(new Set(ids()).size).toBe(200);
  expect(receiver.seen).toHaveLength(200);
  const late = receiver.seen.slice(180).map((one) => JSON.parse(one.body) as { subject: string; sequence: string });
  expect(late.map((event) => event.subject).toSorted()).toEqual(
    drafts.flatMap((_, i) => (i % 10 === 4 ? [`66/31/2026-11-20/${i}`] : [])).toSorted(),
  );
  expect(late.toSorted((a, b) => (a.sequence < b.sequence ? -1 : 1)).map((event) => Number(event.subject.split("/")[3]))).toEqual(
    drafts.flatMap((_, i) => (i % 10 === 4 ? [i] : [])),
  );
});

test("a replay sends the range again, marked and under the same identities, and doubles nothing", async () => {
  await add();
  start();
  await append([
    ...Array.from({ length: 6 }, (_, i) => transactionDraft(makeSale({ sequence: String(i) }))),
    transactionDraft(makeSale({ sequence: "x", businessDay: "2026-11-21" })),
  ]);
  await until(db, (now) => now.delivered === 7);
  const live = ids();
  await expect(startReplay(db, { destination: "erp", from: "yesterday", to: "2026-11-20", store: undefined }, 1)).rejects.toMatchObject({
    code: "usage.invalid",
  });
  await expect(startReplay(db, { destination: "oms", from: "2026-11-20", to: "2026-11-20", store: undefined }, 1)).rejects.toMatchObject({
    code: "destination.unknown",
  });
  await startReplay(db, { destination: "erp", from: "2026-11-20", to: "2026-11-20", store: "store-1" }, 1);
  wake.notify(DESTINATIONS_TOPIC);
  for (let i = 0; i < 1_000 && (await db.query(sql`SELECT id FROM replay WHERE state = 'done'`)).length === 0; i++)
    await systemPorts.sleep(5);
  expect(ids(7).toSorted()).toEqual(live.slice(0, 6).toSorted());
  expect(receiver.seen.slice(7).every((one) => one.headers["tillsync-replay"] === "true")).toBe(true);
  expect(receiver.seen.slice(0, 7).some((one) => "tillsync-replay" in one.headers)).toBe(false);
  expect(await picture(db)).toMatchObject({ delivered: 7, exceptions: 0 });
  expect(await db.query(sql`SELECT sent, parked FROM replay`)).toEqual([{ sent: 6, parked: 0 }]);
  // By time, and of a store that there is none of: nothing.
  await startReplay(db, { destination: "erp", from: "1970-01-01T00:00:00Z", to: "2030-01-01T00:00:00Z", store: "store-7" }, 1);
  wake.notify(DESTINATIONS_TOPIC);
  for (let i = 0; i < 1_000 && (await db.query(sql`SELECT id FROM replay WHERE state = 'done'`)).length < 2; i++)
    await systemPorts.sleep(5);
  expect(receiver.seen).toHaveLength(13);
});

test("a replayed item that is refused is parked beside the live run and holds up nothing", async () => {
  await add();
  start();
  await append([transactionDraft(makeSale({ sequence: "1" }))]);
  await until(db, (now) => now.delivered === 1);
  receiver.behave((response, seen) => response.writeHead("tillsync-replay" in seen.headers ? 422 : 200).end());
  await startReplay(db, { destination: "erp", from: "2026-11-20", to: "2026-11-20", store: undefined }, 1);
  wake.notify(DESTINATIONS_TOPIC);
  await until(db, (now) => now.exceptions === 1);
  const [parked] = await listDeliveries(db, { after: 0, limit: 1 });
  expect(parked).toMatchObject({ state: "parked", replay: 1 });
  await append([transactionDraft(makeSale({ sequence: "1", grand: "5" }), 2)]);
  await until(db, (now) => now.delivered === 2);
});

test("reconciles a day by count and money, and lists what is missing", async () => {
  await add();
  await addDestination(db, fileOf({ name: "oms", url: receiver.url, include: ["orders"] }), await loadSeal(dir, undefined), 1);
  receiver.behave((response, seen) => response.writeHead(seen.body.includes('"sequence":"2"') ? 422 : 200).end());
  start();
  await append([
    transactionDraft(makeSale({ sequence: "1", grand: "1000" })),
    transactionDraft(makeSale({ sequence: "1", grand: "900" }), 2),
    transactionDraft(makeSale({ sequence: "2", grand: "250" })),
    transactionDraft(makeSale({ sequence: "3", grand: "50", currency: "GBP" })),
    transactionDraft(makeSale({ sequence: "4", grand: "50", businessDay: "2026-11-21" })),
    transactionDraft(makeSale({ sequence: "5", grand: "70", trainingMode: true })),
  ]);
  await until(db, (now) => now.delivered === 4 && now.exceptions === 1);
  expect(await reconcileDay(db, { businessDay: "2026-11-20", destination: "erp" })).toEqual([
    {
      destination: "erp",
      equal: false,
      log: { count: 3, gross: { USD: "11.50", GBP: "0.50" } },
      by: { delivered: { count: 2, gross: { USD: "9.00", GBP: "0.50" } }, parked: { count: 1, gross: { USD: "2.50" } } },
      stores: [
        {
          store: "store-1",
          log: { count: 3, gross: { USD: "11.50", GBP: "0.50" } },
          by: { delivered: { count: 2, gross: { USD: "9.00", GBP: "0.50" } }, parked: { count: 1, gross: { USD: "2.50" } } },
        },
      ],
      missing: [{ naturalKey: "9/31/2026-11-20/2", revision: 1, state: "parked", grand: "2.50" }],
      missingMore: false,
    },
  ]);
  expect(await reconcileDay(db, { businessDay: "2026-11-21" })).toMatchObject([
    { destination: "erp", equal: true, log: { count: 1 } },
    { destination: "oms", equal: true, log: { count: 0 } },
  ]);
  expect(await reconcileDay(db, { businessDay: "2026-11-20", store: "store-2", destination: "erp" })).toMatchObject([
    { equal: true, log: { count: 0 } },
  ]);
  expect(await reconcileDay(db, { businessDay: "2026-11-20", store: "9", destination: "erp" })).toMatchObject([{ log: { count: 3 } }]);
  await expect(reconcileDay(db, { businessDay: "2026-11-20", destination: "crm" })).rejects.toMatchObject({ code: "destination.unknown" });

  const exported = async (wish: object) => {
    const found = [];
    for await (const one of exportSales(db, { allRevisions: false, ...wish }))
      found.push(`${one.identity.sequence}:${"reported" in one ? one.reported.grand : ""}`);
    return found;
  };
  expect(await exported({})).toEqual(["1:900", "2:250", "3:50", "4:50", "5:70"]);
  expect(await exported({ allRevisions: true, businessDay: "2026-11-20" })).toEqual(["1:1000", "1:900", "2:250", "3:50", "5:70"]);
  expect(await exported({ store: "store-1", businessDay: "2026-11-21" })).toEqual(["4:50"]);
  expect(await exported({ store: "nowhere" })).toEqual([]);
});

test("a destination exists once; secrets are sealed in the database; a foreign seal key stands it still", async () => {
  await add();
  await expect(add()).rejects.toMatchObject({ code: "destination.exists" });
  await expect(add({ name: "inside", url: "https://10.0.0.1/", allowPrivateNetwork: false })).rejects.toMatchObject({
    code: "destination.address-refused",
  });
  await expect(setDestinationState(db, "crm", { state: "paused" }, 1)).rejects.toMatchObject({ code: "destination.unknown" });
  const [row] = await db.query<{ config: string; sealed: Uint8Array }>(sql`SELECT config, sealed FROM destination`);
  expect(row!.config + Buffer.from(row!.sealed).toString("latin1")).not.toContain("whsec_");
  await rm(join(dir, "keys"), { recursive: true });
  start();
  for (let i = 0; i < 400 && (await readDestinationState(db, "erp")).state !== "set-up"; i++) await systemPorts.sleep(5);
  expect(await destinationsStatus(db)).toMatchObject([{ state: "set-up", reason: expect.stringContaining("destination.sealed") }]);
});
