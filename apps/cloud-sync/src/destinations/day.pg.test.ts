import type { Amount } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DeliveryItem, LookUpResult } from "../connectors/connector.ts";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { openTestDatabase } from "../db/testing/open-test-database.ts";
import { systemPorts } from "../subscribers/ports.ts";
import { addTerminal, appendDrafts } from "../transactions/testing/append-drafts.ts";
import { makeSale, transactionDraft, type Draft, type SaleWish } from "../transactions/testing/make-transaction.ts";
import { runToEnd } from "../transactions/testing/run-to-end.ts";
import { ASK_PAGE_ROWS, askDestination, type Asked } from "./ask-destination.ts";
import { checkDestination } from "./destination-file.ts";
import { dryRunDay } from "./dry-run.ts";
import type { Line } from "./line.ts";
import { reconcileDay } from "./reconcile.ts";
import { delivered, fakeReceiver, type FakeReceiver, type Mood } from "./testing/fake-receiver.ts";
import { addErp, fileOf, lineTo, startDispatcher, until } from "./testing/run-dispatcher.ts";

let db: Database;
beforeEach(async () => {
  db = await openTestDatabase();
  await addTerminal(db, "till-1", "store-1", ["9"]);
  await addTerminal(db, "till-2", "store-2", ["10"]);
});
afterEach(() => db.close());

const DAY = "2026-11-20";
const wish = { businessDay: DAY };
const ports = { ...systemPorts, sleep: () => Promise.resolve() };
const sale = (sequence: string, over: SaleWish = {}, extra: object = {}): Draft => transactionDraft(makeSale({ sequence, ...over }, extra));
const sequenceOf = (item: DeliveryItem): string => item.naturalKey.split("/")[3] ?? "";

async function sell(terminal: string, ...drafts: Draft[]): Promise<void> {
  await appendDrafts(db, { terminal }, drafts);
  await runToEnd(db);
}

/** Delivers what there is, as `mood` says, and gives a line to the same receiver. */
async function deliver(
  mood: (item: DeliveryItem) => Mood,
  answer: (item: DeliveryItem) => LookUpResult | undefined,
  exceptions = 0,
): Promise<Line> {
  await addErp(db);
  const receiver: FakeReceiver = fakeReceiver(mood, { lookUp: answer });
  const line = lineTo(receiver);
  const dispatcher = startDispatcher(db, line, { lookUp: false });
  const [log] = await db.query<{ count: number }>(sql`SELECT count(*) AS count FROM transaction`);
  await until(db, (now) => now.cursor === log?.count && now.exceptions === exceptions, 60_000);
  await dispatcher.stop();
  return line;
}

const found = (vendorId: string, amount?: string, currency = "USD"): LookUpResult => ({
  kind: "found",
  vendorId,
  ...(amount === undefined ? {} : { total: { amount: amount as Amount, currency } }),
});

test("asks about every receipt of the day that was acknowledged or may be there, and lists each way to differ", async () => {
  await sell(
    "till-1",
    ...["same", "lost", "cheap", "euro", "half", "other"].map((sequence) => sale(sequence)),
    sale("there"),
    sale("away"),
    sale("late", { businessDay: "2026-11-21" }),
    sale("lost", { grand: "900" }, { receiptNumber: "r" }),
  );
  const answers: Record<string, LookUpResult> = {
    same: found("v-same", "1250"),
    lost: { kind: "absent" },
    cheap: found("v-cheap", "1249"),
    euro: found("v-euro", "1250", "EUR"),
    half: { kind: "unfinished", vendorId: "v-half" },
    other: { kind: "foreign", detail: "another's" },
    there: found("v-there", "1250"),
    away: { kind: "absent" },
  };
  const line = await deliver(
    (item) => (["there", "away"].includes(sequenceOf(item)) ? { kind: "rejected", detail: "status 422" } : delivered),
    (item) => answers[sequenceOf(item)],
    2,
  );
  const asked = await askDestination(db, line, wish, ports);
  const key = (sequence: string): string => `9/31/${DAY}/${sequence}`;
  expect(asked).toMatchObject({ equal: false, asked: 8, unanswered: 0, differencesMore: false });
  expect(asked.by).toEqual({
    "missing at destination": 1,
    "different total": 2,
    unfinished: 1,
    foreign: 1,
    "there though not acknowledged": 1,
  });
  expect(asked.differences).toEqual(
    expect.arrayContaining([
      {
        naturalKey: key("cheap"),
        revision: 1,
        what: "different total",
        ours: { state: "delivered", total: { amount: "12.50", currency: "USD" } },
        theirs: { vendorId: "v-cheap", total: { amount: "12.49", currency: "USD" } },
      },
      {
        naturalKey: key("lost"),
        revision: 2,
        what: "missing at destination",
        ours: { state: "delivered", total: { amount: "9.00", currency: "USD" } },
        theirs: null,
      },
      {
        naturalKey: key("there"),
        revision: 1,
        what: "there though not acknowledged",
        ours: { state: "parked", total: { amount: "12.50", currency: "USD" } },
        theirs: { vendorId: "v-there", total: { amount: "12.50", currency: "USD" } },
      },
    ]),
  );
  // The books alone see nothing of it, but for the two that were refused.
  expect(await reconcileDay(db, wish)).toMatchObject([{ equal: false, by: { delivered: { count: 6 }, parked: { count: 2 } } }]);
});

test("a day larger than a page is asked in full, as many at once as the destination takes, and agrees", async () => {
  const count = ASK_PAGE_ROWS + 25;
  await sell("till-1", ...Array.from({ length: count }, (_, i) => sale(`k${i}`)));
  let [now, most] = [0, 0];
  const line = await deliver(
    () => delivered,
    () => undefined,
  );
  const slow: Line = {
    ...line,
    session: {
      ...line.session,
      lookUp: async () => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setImmediate(resolve));
        now -= 1;
        return found("v", "1250");
      },
    },
  };
  expect(await askDestination(db, slow, wish, ports)).toEqual({
    equal: true,
    asked: count,
    by: {},
    differences: [],
    differencesMore: false,
    unanswered: 0,
    unansweredFirst: [],
  } satisfies Asked);
  expect(most).toBe(line.config.concurrency);
  expect(await askDestination(db, slow, { ...wish, store: "store-2" }, ports)).toMatchObject({ asked: 0, equal: true });
});

test("who does not answer at once is asked again; who never does, refuses us or cannot be asked is told by code", async () => {
  await sell("till-1", ...Array.from({ length: 30 }, (_, i) => sale(`k${i}`)));
  const tries = new Map<string, number>();
  const line = await deliver(
    () => delivered,
    () => undefined,
  );
  const asking = (lookUp: (item: DeliveryItem) => LookUpResult): Promise<Asked> =>
    askDestination(db, { ...line, session: { ...line.session, lookUp: (item) => Promise.resolve(lookUp(item)) } }, wish, ports);
  const busy = await asking((item) => {
    const time = (tries.get(item.identity) ?? 0) + 1;
    tries.set(item.identity, time);
    return time < 3 ? { kind: "theirs", detail: "status 503", retryAfterMs: 5 } : found("v", "1250");
  });
  expect(busy).toMatchObject({ equal: true, asked: 30 });
  const unsure = await asking((item) => (sequenceOf(item) === "k3" ? { kind: "uncertain", detail: "HTML" } : found("v")));
  expect(unsure).toMatchObject({ equal: false, unanswered: 1, unansweredFirst: [{ naturalKey: `9/31/${DAY}/k3`, detail: "HTML" }] });
  const unmapped = await asking((item) =>
    sequenceOf(item) === "k4" ? { kind: "mapping-missing", missing: [{ table: "items", code: "apple" }] } : found("v"),
  );
  expect(unmapped).toMatchObject({ equal: false, unansweredFirst: [{ detail: "items: apple" }] });
  await expect(asking(() => ({ kind: "theirs", detail: "status 503" }))).rejects.toMatchObject({ code: "delivery.theirs" });
  await expect(asking(() => ({ kind: "set-up", detail: "status 401" }))).rejects.toMatchObject({
    code: "delivery.set-up",
    detail: "status 401",
  });
  const mute: Line["session"] = { send: (item, context) => line.session.send(item, context), close: () => Promise.resolve() };
  await expect(askDestination(db, { ...line, session: mute }, wish, ports)).rejects.toMatchObject({ code: "destination.no-look-up" });
});

test("a void has no document of its own: that it is there is enough", async () => {
  await sell("till-1", sale("1"));
  await sell(
    "till-1",
    sale("2", { status: "postVoided", grand: "-1250" }, { voids: { store: "9", workstation: "31", businessDay: DAY, sequence: "1" } }),
  );
  const line = await deliver(
    () => delivered,
    (item) => (sequenceOf(item) === "2" ? found("v-2", "77") : found("v-1", "1250")),
  );
  expect(await askDestination(db, line, wish, ports)).toMatchObject({ equal: true, asked: 2 });
});

test("a day is broken down by store; what holds nothing for the destination is no difference", async () => {
  await sell("till-1", sale("1"), sale("2", { grand: "500" }));
  await sell("till-2", sale("3", { store: "10", grand: "70" }), sale("4", { store: "10" }));
  await deliver(
    (item) =>
      sequenceOf(item) === "4"
        ? { kind: "rejected", detail: "no" }
        : sequenceOf(item) === "2"
          ? { kind: "nothing", reason: "no" }
          : delivered,
    () => undefined,
    1,
  );
  expect(await reconcileDay(db, { ...wish, store: "store-1" })).toMatchObject([
    { equal: true, stores: [{ store: "store-1", log: { count: 2 } }] },
  ]);
  expect(await reconcileDay(db, wish)).toEqual([
    {
      destination: "erp",
      equal: false,
      log: { count: 4, gross: { USD: "30.70" } },
      by: {
        delivered: { count: 2, gross: { USD: "13.20" } },
        nothing: { count: 1, gross: { USD: "5.00" } },
        parked: { count: 1, gross: { USD: "12.50" } },
      },
      stores: [
        {
          store: "store-1",
          log: { count: 2, gross: { USD: "17.50" } },
          by: { delivered: { count: 1, gross: { USD: "12.50" } }, nothing: { count: 1, gross: { USD: "5.00" } } },
        },
        {
          store: "store-2",
          log: { count: 2, gross: { USD: "13.20" } },
          by: { delivered: { count: 1, gross: { USD: "0.70" } }, parked: { count: 1, gross: { USD: "12.50" } } },
        },
      ],
      missing: [{ naturalKey: "10/31/2026-11-20/4", revision: 1, state: "parked", grand: "12.50" }],
      missingMore: false,
    },
  ]);
});

test("a dry run maps the whole day and names each receipt and code that the mapping lacks, before the destination is added", async () => {
  await sell(
    "till-1",
    sale("1"),
    sale("2", { item: "pear" }),
    sale("3", { item: "pear", store: "9" }, { tenders: [{ line: 2, type: "card", use: "sale", amount: "1250" }] }),
    sale("4", { businessDay: "2026-11-21" }),
  );
  const mapping = {
    version: 1,
    stores: { "9": "WH" },
    tenders: { cash: "Cash" },
    taxes: { none: "-" },
    items: { by: "table", table: { apple: "A-1" } },
    customers: { "*": "walk-in" },
    accounts: { rounding: "ROUND" },
  };
  const erp = { name: "erp", kind: "tryton", url: "https://erp.example/", database: "erp", user: "till", password: "geheim-7" };
  const lacking = await dryRunDay(db, checkDestination({ ...erp, mapping }), { ...wish, show: 1 });
  expect(lacking).toMatchObject({ destination: "erp", kind: "tryton", items: 3, sendable: 1, uncovered: 2, refused: 0 });
  expect(lacking.codes).toEqual([
    { table: "items", code: "pear", receipts: 2 },
    { table: "tenders", code: "card", receipts: 1 },
  ]);
  expect(lacking.missing.map(({ naturalKey }) => naturalKey)).toEqual([`9/31/${DAY}/2`, `9/31/${DAY}/3`]);
  expect(lacking.shown).toHaveLength(1);
  const full = { ...mapping, tenders: { "*": "Cash" }, items: { by: "itemId" } };
  const covered = await dryRunDay(db, checkDestination({ ...erp, mapping: full }), { ...wish, show: 10 });
  expect(covered).toMatchObject({ items: 3, sendable: 3, uncovered: 0, codes: [], missing: [] });
  expect(covered.shown.flatMap(({ requests }) => requests).every(({ reference }) => reference.startsWith("tx_"))).toBe(true);
  expect(JSON.stringify(covered)).not.toContain("geheim-7");
  // Nothing was added, sent or noted.
  expect(await db.query(sql`SELECT name FROM destination`)).toEqual([]);
  expect(await dryRunDay(db, fileOf(), { ...wish, store: "store-2", show: 5 })).toMatchObject({ items: 0, shown: [] });
});
