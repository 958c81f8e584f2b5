import type { Transaction } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DeliveryItem, SendResult } from "../connectors/connector.ts";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { openTestDatabase } from "../db/testing/open-test-database.ts";
import { addTerminal, appendDrafts } from "../transactions/testing/append-drafts.ts";
import { makeSale, transactionDraft, type Draft } from "../transactions/testing/make-transaction.ts";
import { runToEnd } from "../transactions/testing/run-to-end.ts";
import { listAudit } from "./audit.ts";
import { listDeliveries, retryDelivery } from "./deliveries.ts";
import { addDestination } from "./destination.ts";
import { DESTINATIONS_TOPIC } from "./destination-name.ts";
import { editDelivery } from "./edit-delivery.ts";
import { releaseKey } from "./release-key.ts";
import { RETRY_PAGE_ROWS, retryDeliveries } from "./retry-deliveries.ts";
import { showDelivery } from "./show-delivery.ts";
import { destinationsStatus } from "./status.ts";
import { delivered, fakeReceiver, type FakeReceiver } from "./testing/fake-receiver.ts";
import { addErp, fileOf, lineTo, startDispatcher, testSeal, until } from "./testing/run-dispatcher.ts";

let db: Database;
let dispatcher: ReturnType<typeof startDispatcher> | undefined;
beforeEach(async () => {
  db = await openTestDatabase();
  await addTerminal(db, "till-1");
  await addErp(db);
});
afterEach(async () => {
  await dispatcher?.stop();
  dispatcher = undefined;
  await db.close();
});

const rejected: SendResult = { kind: "rejected", detail: "status 422: unknown article" };
const reference = (sequence: string) => ({ store: "9", workstation: "31", businessDay: "2026-11-20", sequence });
const keyOf = (sequence: string): string => `9/31/2026-11-20/${sequence}`;
const sale = (sequence: string, extra: object = {}): Draft => transactionDraft(makeSale({ sequence }, extra));
const returnOf = (sequence: string, of: string): Draft => transactionDraft(makeSale({ sequence, grand: "-100", returnOf: reference(of) }));

async function sell(...drafts: Draft[]): Promise<void> {
  await appendDrafts(db, { terminal: "till-1" }, drafts);
  await runToEnd(db);
}
const dispatch = (receiver: FakeReceiver): void => {
  dispatcher = startDispatcher(db, lineTo(receiver));
};
const wake = (): void => dispatcher?.wake.notify(DESTINATIONS_TOPIC);
const first = async () => (await listDeliveries(db, { after: 0, limit: 1 }))[0];
const itemIdOf = ({ transaction }: { transaction: Transaction }): string =>
  "lines" in transaction ? (transaction.lines[0]?.itemId ?? "") : "";
const sequences = (items: readonly DeliveryItem[]): (string | undefined)[] => items.map((item) => item.naturalKey.split("/")[3]);

/** Refuses articles called `apple`. */
const pickyReceiver = (): FakeReceiver => fakeReceiver((item) => (itemIdOf(item) === "apple" ? rejected : delivered));

async function editFirst(change: (transaction: Transaction) => unknown): Promise<readonly string[]> {
  const row = await first();
  const { transaction } = await showDelivery(db, row?.id ?? 0, undefined);
  return editDelivery(db, { id: row?.id ?? 0, transaction: change(transaction as Transaction), who: "ann", reason: "wrong code" }, 7);
}
const withItem = (itemId: string) => (transaction: Transaction) =>
  "lines" in transaction ? { ...transaction, lines: transaction.lines.map((line) => ({ ...line, itemId })) } : transaction;

test("an edit corrects a code for one destination: it arrives there edited, is taken back edited, and stays as it was in the log", async () => {
  await addDestination(db, fileOf({ name: "oms" }), testSeal, 1);
  await sell(sale("1"));
  const receiver = pickyReceiver();
  dispatch(receiver);
  await until(db, (now) => now.exceptions === 1);
  expect(await editFirst(withItem("pear"))).toEqual(["lines.0.itemId"]);
  wake();
  await until(db, (now) => now.delivered === 1 && now.exceptions === 0);
  expect(receiver.calls.map(itemIdOf)).toEqual(["apple", "pear"]);
  expect(receiver.effects.size).toBe(1);
  // The line that a copying connector takes along says the same.
  expect(Buffer.from(receiver.calls[1]?.line ?? []).toString()).toContain('"itemId":"pear"');

  // A correction of the till takes back what stands there, which is the edited one.
  await sell(transactionDraft(makeSale({ sequence: "1", grand: "900", item: "plum" }), 2));
  await until(db, (now) => now.delivered === 2);
  const revision = receiver.calls.at(-1);
  expect([itemIdOf(revision as DeliveryItem), revision?.revision, revision?.previous && itemIdOf(revision.previous)]).toEqual([
    "plum",
    2,
    "pear",
  ]);
  await dispatcher?.stop();

  // Another destination gets the till's own.
  const other = fakeReceiver(() => delivered);
  dispatcher = startDispatcher(db, { ...lineTo(other, { name: "oms" }), name: "oms" });
  for (let i = 0; i < 1_000 && other.calls.length < 2; i++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(other.calls.map(itemIdOf)).toEqual(["apple", "plum"]);
  expect(other.calls[1]?.previous && itemIdOf(other.calls[1].previous)).toBe("apple");
});

test("an edit that touches the sale itself is refused by the field's name, and changes nothing", async () => {
  await sell(sale("1"));
  dispatch(pickyReceiver());
  await until(db, (now) => now.exceptions === 1);
  const refusal = (change: (transaction: Transaction) => unknown) => editFirst(change).catch((error: unknown) => error);
  expect(await refusal((t) => ({ ...t, reported: { grand: "1" } }))).toMatchObject({
    code: "delivery.edit-refused",
    detail: "reported.grand",
  });
  expect(await refusal((t) => ({ ...t, identity: { ...t.identity, sequence: "2" } }))).toMatchObject({ detail: "identity.sequence" });
  expect(await refusal((t) => ({ ...t, colour: 1 }))).toMatchObject({
    code: "delivery.edit-refused",
    detail: expect.stringContaining("colour"),
  });
  expect(await refusal((t) => t)).toMatchObject({ code: "delivery.edit-refused", detail: "nothing is different" });
  expect(await refusal(withItem("4111111111111111"))).toMatchObject({ detail: expect.stringContaining("card number") });
  expect(await db.query(sql`SELECT id FROM delivery_edit`)).toEqual([]);
  expect(await listAudit(db, { after: 0, limit: 10 })).toEqual([]);
  await expect(editDelivery(db, { id: 99, transaction: makeSale(), who: "a", reason: "b" }, 1)).rejects.toMatchObject({
    code: "delivery.unknown",
  });
});

test("what was sent without an answer, or is being tried, is not edited", async () => {
  await sell(sale("1"));
  dispatch(fakeReceiver(() => ({ kind: "uncertain", detail: "no answer" })));
  await until(db, (now) => now.exceptions === 1);
  await expect(editFirst(withItem("pear"))).rejects.toMatchObject({
    code: "delivery.edit-refused",
    detail: expect.stringContaining("settled first"),
  });
  await dispatcher?.stop();
  await db.query(sql`UPDATE delivery SET state = 'retrying', uncertain_at_ms = NULL`);
  await expect(editFirst(withItem("pear"))).rejects.toMatchObject({ detail: expect.stringContaining("being tried") });
  // Waiting for the mapping, it is looked at again now and then: in a worker's hands it is not edited, in between it is.
  const wait = (nextAtMs: number) =>
    db.query(sql`
    UPDATE delivery SET state = 'held', code = 'delivery.mapping-missing', next_at_ms = ${nextAtMs}::bigint`);
  await wait(2_007);
  await expect(editFirst(withItem("pear"))).rejects.toMatchObject({ detail: expect.stringContaining("being tried") });
  await wait(2_008);
  expect(await editFirst(withItem("pear"))).toEqual(["lines.0.itemId"]);
});

test("shows a delivery whole: what it is, what would be sent, its edits and its record", async () => {
  await sell(sale("1"), returnOf("2", "1"));
  dispatch(pickyReceiver());
  await until(db, (now) => now.exceptions === 2);
  await dispatcher?.stop();
  await editFirst(withItem("kiwi"));
  const shown = await showDelivery(db, (await first())?.id ?? 0, testSeal);
  expect(shown).toMatchObject({
    delivery: { state: "retrying", detail: "status 422: unknown article", naturalKey: keyOf("1") },
    edits: [{ who: "ann", reason: "wrong code", originalHash: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    wouldSend: { kind: "requests", requests: [{ what: "event" }] },
    behind: 1,
    audit: [{ action: "edit", detail: "lines.0.itemId", stateBefore: "parked", codeBefore: "delivery.rejected" }],
  });
  expect(JSON.stringify(shown.wouldSend)).toContain("kiwi");
  expect(shown.edits[0]?.editedHash).not.toBe(shown.edits[0]?.originalHash);
  expect((await showDelivery(db, (await first())?.id ?? 0, undefined)).wouldSend).toEqual({ kind: "sealed" });
});

test("a released key goes on in order behind the parked one, which stays and can be retried", async () => {
  let fixed = false;
  const receiver = fakeReceiver((item) => (item.naturalKey === keyOf("1") && !fixed ? rejected : delivered));
  await sell(sale("1"), returnOf("2", "1"), returnOf("3", "1"), sale("4"));
  dispatch(receiver);
  await until(db, (now) => now.delivered === 1 && now.exceptions === 3);
  const release = () => releaseKey(db, { destination: "erp", orderingKey: keyOf("1"), who: "ann", reason: "urgent" }, 7);
  const { id, kind } = await release();
  expect(kind).toBe("behind");
  wake();
  await until(db, (now) => now.delivered === 3 && now.exceptions === 1);
  await sell(returnOf("5", "1"));
  dispatcher?.wake.notify("transactions:main");
  await until(db, (now) => now.delivered === 4);
  expect(sequences(receiver.calls).filter((one) => one !== "4")).toEqual(["1", "2", "3", "5"]);
  expect(await first()).toMatchObject({ id, state: "parked", releasedAtMs: 7 });
  // A second life knows of the release too.
  await dispatcher?.stop();
  await sell(returnOf("6", "1"));
  dispatch(receiver);
  await until(db, (now) => now.delivered === 5 && now.exceptions === 1);
  await expect(release()).rejects.toMatchObject({ code: "delivery.not-releasable" });
  fixed = true;
  await retryDelivery(db, id, "ann", Date.now());
  wake();
  await until(db, (now) => now.delivered === 6 && now.exceptions === 0);
  expect((await listAudit(db, { destination: "erp", after: 0, limit: 10 })).map(({ action, reason }) => [action, reason])).toEqual([
    ["release", "urgent"],
    ["retry", null],
  ]);
});

test("a return whose sale never came is sent without it when a person says so", async () => {
  const receiver = fakeReceiver(() => delivered, { needsCause: true });
  await sell(returnOf("2", "1"), returnOf("3", "1"));
  dispatch(receiver);
  await until(db, (now) => now.exceptions === 2);
  expect(await destinationsStatus(db)).toMatchObject([
    { held: 2, heldFor: { cause: 1, mapping: 0 }, oldest: { naturalKey: keyOf("2"), state: "held", code: "delivery.cause-missing" } },
  ]);
  expect(await releaseKey(db, { destination: "erp", orderingKey: keyOf("1"), who: "ann", reason: "sold before we came" }, 7)).toMatchObject(
    {
      kind: "without-cause",
    },
  );
  wake();
  await until(db, (now) => now.delivered === 1);
  expect(sequences(receiver.calls)).toEqual(["2"]);
});

test("bulk retry goes page by page over what there was, leaves alone what waits behind another, and records each", async () => {
  const count = RETRY_PAGE_ROWS + 3;
  await sell(...Array.from({ length: count }, (_, i) => sale(`k${i}`)), returnOf("r", "k0"));
  let fixed = false;
  dispatch(fakeReceiver(() => (fixed ? delivered : rejected)));
  await until(db, (now) => now.exceptions === count + 1);
  fixed = true;
  const wish = { destination: "erp", who: "ann", reason: "fixed" } as const;
  expect(await retryDeliveries(db, { ...wish, state: "held" }, () => 7)).toBe(0);
  expect(await retryDeliveries(db, { ...wish, state: "parked" }, Date.now)).toBe(count);
  wake();
  await until(db, (now) => now.delivered === count + 1 && now.exceptions === 0, 60_000);
  const [record] = await db.query<{ count: number; shards: number }>(sql`
    SELECT count(*) AS count, count(DISTINCT delivery_id) AS shards FROM delivery_audit WHERE action = 'retry' AND reason = 'fixed'`);
  expect(record).toEqual({ count, shards: count });
});
