import { mkdtemp, rm } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startBackground } from "../background.ts";
import { behaviours, startReceiver, type Receiver } from "../connectors/testing/misbehaving-receiver.ts";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { openTestDatabase } from "../db/testing/open-test-database.ts";
import { createWake, entriesTopic } from "../event-log/wake.ts";
import { createPressure } from "../ingest/pressure.ts";
import { systemPorts } from "../subscribers/ports.ts";
import { recordingLog } from "../subscribers/testing/quiet.ts";
import { addTerminal, appendDrafts } from "../transactions/testing/append-drafts.ts";
import { makeSale, transactionDraft } from "../transactions/testing/make-transaction.ts";
import { runToEnd } from "../transactions/testing/run-to-end.ts";
import { listAudit } from "./audit.ts";
import { listDeliveries } from "./deliveries.ts";
import { addDestination, findDestination, setDestinationState } from "./destination.ts";
import { checkDestination } from "./destination-file.ts";
import { DESTINATIONS_TOPIC } from "./destination-name.ts";
import { removeDestination } from "./remove-destination.ts";
import { loadSeal, type Seal } from "./seal.ts";
import { showDestination } from "./show-destination.ts";
import { destinationsStatus } from "./status.ts";
import { fileOf, quickRetry, SECRET, testSeal, until } from "./testing/run-dispatcher.ts";
import { updateDestination } from "./update-destination.ts";

let db: Database;
let dir: string;
let seal: Seal;
let former: Receiver;
let next: Receiver;
let background: { stop(): Promise<void> } | undefined;
const wake = createWake();
const log = recordingLog();

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "tillsync-change-"));
  seal = await loadSeal(dir, undefined);
  db = await openTestDatabase();
  former = await startReceiver();
  next = await startReceiver();
  await addTerminal(db, "till-1", "store-1", ["9"]);
});
afterEach(async () => {
  await background?.stop();
  background = undefined;
  await Promise.all([former.close(), next.close()]);
  await db.close();
  await rm(dir, { recursive: true });
});

const start = (): void => {
  background = startBackground({ db, wake, log, pressure: createPressure(() => Date.now()), dataDir: dir });
};
const by = { who: "ann", nowMs: 5 };
const add = (extra: object = {}): Promise<void> =>
  addDestination(db, fileOf({ url: former.url, concurrency: 2, ...extra }), seal, 1, "ann");
/** A file without its secrets, as a person keeps it. */
const fieldsOf = (extra: object = {}) => ({
  name: "erp",
  kind: "webhook",
  url: next.url,
  allowPrivateNetwork: true,
  retry: quickRetry,
  concurrency: 2,
  ...extra,
});
const append = async (count: number, from = 0): Promise<void> => {
  await appendDrafts(
    db,
    { terminal: "till-1" },
    Array.from({ length: count }, (_, i) => transactionDraft(makeSale({ sequence: String(from + i) }))),
  );
  wake.notify(entriesTopic("main"));
};
const ids = (receiver: Receiver): string[] => receiver.seen.map((one) => String(one.headers["webhook-id"]));
async function waitFor(done: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 15_000; !(await done());) {
    if (Date.now() > end) throw new Error("waited in vain");
    await systemPorts.sleep(5);
  }
}

test("a new address: what is under way ends where it was sent, all the rest goes to the new one, nothing to both", async () => {
  const waiting: ServerResponse[] = [];
  former.behave((response) => void waiting.push(response));
  await add();
  start();
  await append(10);
  await waitFor(() => waiting.length === 2);
  expect(await updateDestination(db, fieldsOf(), seal, by)).toEqual({ destination: "erp", changed: ["url"], retried: 0, uncertain: 0 });
  wake.notify(DESTINATIONS_TOPIC);
  await waitFor(() => log.lines.some((line) => line.message.includes("new configuration is in force")));
  expect(next.seen).toHaveLength(0);
  for (const response of waiting) response.writeHead(200).end("{}");
  await until(db, (now) => now.delivered === 10);
  expect(ids(former)).toHaveLength(2);
  expect(ids(next)).toHaveLength(8);
  expect(new Set([...ids(former), ...ids(next)]).size).toBe(10);
  // The secret that the file left out is still the one that was sealed.
  const [first] = next.seen;
  expect(() => new Webhook(SECRET).verify(first?.body ?? "", first?.headers as Record<string, string>)).not.toThrow();
  expect(await showDestination(db, "erp")).toMatchObject({ version: 2, config: { url: next.url }, sealedFields: ["secret", "headers"] });
});

test("exceptions go to the new address too; who stood still for a wrong address goes on at once", async () => {
  former.behave(behaviours.unauthorized);
  await add({ retry: { ...quickRetry, probeMs: 3_600_000 } });
  start();
  await append(3);
  await waitFor(async () => (await findDestination(db, "erp")).state === "set-up");
  await updateDestination(db, fieldsOf(), seal, by);
  wake.notify(DESTINATIONS_TOPIC);
  await until(db, (now) => now.delivered === 3);
  expect((await findDestination(db, "erp")).state).toBe("active");
  next.behave(behaviours.serverError);
  await append(2, 10);
  await until(db, (now) => now.exceptions === 2);
  former.behave(behaviours.ok);
  await updateDestination(db, fieldsOf({ url: former.url }), seal, by);
  wake.notify(DESTINATIONS_TOPIC);
  await until(db, (now) => now.delivered === 5 && now.exceptions === 0);
});

test("what waits for a code of the mapping is tried again at once after an update", async () => {
  const mapping = { version: 1, stores: { "9": "WH" } };
  const tryton = { kind: "tryton", name: "books", url: former.url, allowPrivateNetwork: true, database: "erp", user: "till" };
  await addDestination(db, checkDestination({ ...tryton, password: "p", mapping }), seal, 1);
  await append(2);
  await runToEnd(db);
  const park = (tpos: number, state: string, code: string) =>
    db.query(sql`
    INSERT INTO delivery (destination, shard, tpos, natural_key, ordering_key, identity, state, attempts, first_at_ms, last_at_ms, next_at_ms, code)
    VALUES ('books', 'main', ${tpos}::bigint, 'k', ${String(tpos)}, ${`tx_${tpos}`}, ${state}, 1, 0, 0, 9e12::bigint, ${code})`);
  await park(1, "held", "delivery.mapping-missing");
  await park(2, "retrying", "delivery.theirs");
  const fields = { ...tryton, mapping: { ...mapping, stores: { "9": "WH", "10": "WH-2" } } };
  expect(await updateDestination(db, fields, seal, by)).toMatchObject({ changed: ["mapping"], retried: 1 });
  expect(await db.query(sql`SELECT tpos, next_at_ms FROM delivery ORDER BY tpos`)).toEqual([
    { tpos: 1, next_at_ms: by.nowMs },
    { tpos: 2, next_at_ms: 9e12 },
  ]);
  expect(await updateDestination(db, fields, seal, by)).toMatchObject({ changed: [], retried: 0 });
});

test("name, kind and include stay; a field left out of the secrets needs the seal key; nothing is half changed", async () => {
  await add();
  const update = (fields: object, key: Seal = seal) => updateDestination(db, fields as Record<string, unknown>, key, by);
  await expect(update({ ...fieldsOf(), name: "crm" })).rejects.toMatchObject({ code: "destination.unknown" });
  await expect(update({ kind: "webhook" })).rejects.toMatchObject({
    code: "destination.config-invalid",
    detail: expect.stringContaining("name"),
  });
  await expect(update(fieldsOf({ kind: "tryton" }))).rejects.toMatchObject({
    code: "destination.update-refused",
    detail: "kind: is webhook",
  });
  await expect(update(fieldsOf({ include: ["sales", "orders"] }))).rejects.toMatchObject({
    code: "destination.update-refused",
    detail: "include: is sales",
  });
  await expect(update(fieldsOf({ colour: 1 }))).rejects.toMatchObject({
    code: "destination.config-invalid",
    detail: "colour: no such field",
  });
  await expect(update(fieldsOf({ url: "https://10.0.0.1/", allowPrivateNetwork: false }))).rejects.toMatchObject({
    code: "destination.address-refused",
  });
  await expect(update(fieldsOf(), testSeal)).rejects.toMatchObject({ code: "destination.sealed" });
  expect((await findDestination(db, "erp")).version).toBe(1);
  // With all secrets in the file a lost key is no obstacle; the record names fields, never values.
  await update(fieldsOf({ secret: SECRET, headers: {} }), testSeal);
  expect(await listAudit(db, { destination: "erp", after: 0, limit: 10 })).toMatchObject([
    { action: "add", who: "ann" },
    { action: "update", who: "ann", detail: "url, secret, headers" },
  ]);
});

test("a configuration that the running process cannot open stops sending, rather than going on by the former one", async () => {
  await add();
  start();
  await append(1);
  await until(db, (now) => now.delivered === 1);
  await updateDestination(db, fieldsOf({ secret: SECRET, headers: {} }), testSeal, by);
  wake.notify(DESTINATIONS_TOPIC);
  await waitFor(async () => (await findDestination(db, "erp")).state === "set-up");
  await append(1, 1);
  await waitFor(async () => (await destinationsStatus(db))[0]?.pending === 1);
  expect((await destinationsStatus(db))[0]?.reason).toContain("destination.sealed");
  await updateDestination(db, fieldsOf({ secret: SECRET, headers: {} }), seal, by);
  wake.notify(DESTINATIONS_TOPIC);
  await until(db, (now) => now.delivered === 2);
  expect([former.seen.length, next.seen.length]).toEqual([1, 1]);
});

test("removed only when nothing is open, or by force and on record; the next of its name starts anew", async () => {
  former.behave((response, seen) => response.writeHead(seen.body.includes('"sequence":"1"') ? 422 : 200).end());
  await add();
  start();
  await append(3);
  await until(db, (now) => now.delivered === 2 && now.exceptions === 1);
  const remove = (force: boolean) => removeDestination(db, { name: "erp", reason: "replaced", force, who: "ann" }, 9);
  await expect(remove(false)).rejects.toMatchObject({ code: "destination.open-deliveries", detail: "1 parked" });
  expect(await remove(true)).toEqual({ destination: "erp", closed: 1 });
  wake.notify(DESTINATIONS_TOPIC);
  await append(1, 3);
  await expect(findDestination(db, "erp")).rejects.toMatchObject({ code: "destination.unknown" });
  await expect(remove(true)).rejects.toMatchObject({ code: "destination.unknown" });
  expect(await db.query(sql`SELECT length(sealed) AS bytes FROM destination`)).toEqual([{ bytes: 0 }]);

  await add({ url: next.url });
  wake.notify(DESTINATIONS_TOPIC);
  await waitFor(async () => (await destinationsStatus(db))[0]?.delivered === 4);
  expect(ids(next)).toHaveLength(4);
  expect(former.seen).toHaveLength(3);
  expect(await destinationsStatus(db)).toMatchObject([{ name: "erp", key: "erp~2", delivered: 4, pending: 0, parked: 0 }]);
  expect(await db.query(sql`SELECT destination, count(*) AS count FROM receipt GROUP BY 1 ORDER BY 1`)).toEqual([
    { destination: "erp", count: 2 },
    { destination: "erp~2", count: 4 },
  ]);
  expect(await listDeliveries(db, { after: 0, limit: 10 })).toEqual([]);
  const record = await listAudit(db, { destination: "erp", after: 0, limit: 10 });
  expect(record.map((row) => [row.destination, row.action, row.deliveryId === null, row.detail])).toEqual([
    ["erp", "add", true, null],
    ["erp", "remove", false, null],
    ["erp", "remove", true, "closed unsent: 1 parked"],
    ["erp~2", "add", true, null],
  ]);
  await setDestinationState(db, "erp~2", { state: "paused" }, 10);
  expect(await removeDestination(db, { name: "erp", reason: "over", force: false, who: "ann" }, 11)).toEqual({
    destination: "erp",
    closed: 0,
  });
});
