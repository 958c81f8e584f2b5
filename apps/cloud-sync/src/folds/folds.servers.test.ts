import { documentSchemas, storeId, storeScope } from "@tillsync/sync-protocol";
import { describe, expect, test } from "vitest";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { openExternalDatabase, TEST_PG_URL } from "../db/testing/open-external-database.ts";
import { createWake, transactionsTopic } from "../event-log/wake.ts";
import { writeDocuments, type DocumentChange } from "../reference/write-documents.ts";
import { systemPorts } from "../subscribers/ports.ts";
import { recordingLog } from "../subscribers/testing/quiet.ts";
import { joinWritten } from "./join-written.ts";
import { FOLDS, runFolds } from "./run-folds.ts";
import { hlcAt, show, startAnew, tell, type Told } from "./testing/fold-log.ts";
import { saleDraft } from "./testing/make-records.ts";

const SALES = 120;
const WRITERS = 3;
const ROUNDS = 40;
const ITEMS = ["apple", "pear", "plum"];

const level = (item: string, fields: object): DocumentChange => ({
  collection: "stock",
  id: `store-1:${item}`,
  scope: storeScope(storeId("store-1")),
  fields: documentSchemas.stock.parse({ id: `store-1:${item}`, storeId: "store-1", itemId: item, ...fields }),
});

/** Books that know nothing of what is sold here write 1,000 of each item, again and again, in orders that cross. */
async function writeAgain(db: Database, writer: number, join: typeof joinWritten): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const items = ITEMS.map((_, i) => ITEMS[(i + writer + round) % ITEMS.length] ?? "apple");
    const changes = items.map((item) => level(item, { onHand: "1000", countedAt: hlcAt(1) }));
    await db.transaction(async (tx) => writeDocuments(tx, await join(tx, changes, 500), 500));
  }
}

const saleOf = (i: number): Told => ({
  ms: i + 10,
  terminal: `till-${(i % 2) + 1}`,
  draft: saleDraft(String(i), { apple: "1", pear: "2", plum: "1" }),
});

async function foldBesideWriters(db: Database, join: typeof joinWritten): Promise<{ onHand: unknown[]; warnings: number }> {
  await startAnew(db);
  const stop = new AbortController();
  const [log, wake] = [recordingLog(), createWake()];
  const running = runFolds({ db, wake, ports: systemPorts, log, owner: "test", makeWay: () => Promise.resolve() }, "main", stop.signal);
  const writers = Array.from({ length: WRITERS }, (_, writer) => writeAgain(db, writer, join));
  for (let i = 0; i < SALES; i += 5) {
    await tell(db, ...Array.from({ length: 5 }, (_, k) => saleOf(i + k)));
    wake.notify(transactionsTopic("main"));
  }
  await Promise.all(writers);
  for (let tries = 0; tries < 2_000; tries++) {
    const [row] = await db.query<{ pos: number }>(sql`SELECT pos FROM subscriber_cursor WHERE subscriber = ${FOLDS}`);
    if (row?.pos === SALES) break;
    await systemPorts.sleep(5);
  }
  stop.abort();
  await running;
  const onHand = await Promise.all(ITEMS.map(async (item) => (await show(db, "stock", `store-1:${item}`))?.["onHand"]));
  return { onHand, warnings: log.lines.filter(({ level: how }) => how === "warn").length };
}

describe.skipIf(TEST_PG_URL === undefined)("folds beside other writers (needs a server at TEST_PG_URL)", () => {
  test("nobody waits in a circle, and every sale is in every level in the end, whoever wrote last", async () => {
    const external = await openExternalDatabase();
    try {
      expect(await foldBesideWriters(external.db, joinWritten)).toEqual({ onHand: ["880", "760", "880"], warnings: 0 });
    } finally {
      await external.drop();
    }
  });

  test("control: writers that do not join leave levels without what was sold, and it is noticed", async () => {
    const external = await openExternalDatabase();
    try {
      const { db } = external;
      await foldBesideWriters(db, joinWritten);
      await writeAgain(db, 0, (_tx, changes) => Promise.resolve([...changes]));
      expect((await show(db, "stock", "store-1:apple"))?.["onHand"]).toBe("1000");
    } finally {
      await external.drop();
    }
  });
});
