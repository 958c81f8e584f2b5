import type { Scope, StoreId } from "@tillsync/sync-protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { OPEN_TEST_DATABASE_MAX_MS, openTestDatabase } from "../db/testing/open-test-database.ts";
import { addDestination } from "../destinations/destination.ts";
import { checkDestination } from "../destinations/destination-file.ts";
import { destinationCursor } from "../destinations/destination-name.ts";
import { createSeal } from "../destinations/seal.ts";
import { systemPorts } from "../subscribers/ports.ts";
import { recordingLog } from "../subscribers/testing/quiet.ts";
import { addTerminal, appendDrafts } from "../transactions/testing/append-drafts.ts";
import { makeSale, transactionDraft } from "../transactions/testing/make-transaction.ts";
import { runToEnd } from "../transactions/testing/run-to-end.ts";
import { checkFeed } from "./feed-file.ts";
import type { FeedItem } from "./feed-kind.ts";
import { wishRun } from "./feed-runs.ts";
import { addFeed } from "./feed.ts";
import { includedMovements } from "./included-movements.ts";
import { pollFeed, type PollDeps } from "./poll-feed.ts";
import { FILE, memorySource, openInstead } from "./testing/memory-source.ts";

const seal = createSeal(Buffer.alloc(32, 9));
const STORE = "store-1" as StoreId;
let db: Database;

beforeAll(async () => {
  db = await openTestDatabase();
  await addTerminal(db, "till-1");
  await addTerminal(db, "till-2");
  await addTerminal(db, "far-away", "store-2");
  const webhook = {
    name: "erp",
    kind: "webhook",
    url: "https://erp.example.com",
    secret: `whsec_${Buffer.alloc(32, 1).toString("base64")}`,
  };
  await addDestination(db, checkDestination(webhook), seal, 1);
}, OPEN_TEST_DATABASE_MAX_MS);
afterAll(() => db.close());

const sale = (sequence: string) => transactionDraft(makeSale({ sequence }));
const arrive = (tpos: number): Promise<unknown> =>
  db.query(sql`
    INSERT INTO subscriber_cursor (subscriber, shard, pos) VALUES (${destinationCursor("erp")}, 'main', ${tpos}::bigint)
    ON CONFLICT (subscriber, shard) DO UPDATE SET pos = EXCLUDED.pos`);
const included = (destination?: string) => includedMovements(db, { store: STORE, destination });

test("a level has what was read and has arrived: no more, whatever lies between", async () => {
  expect(await included("erp")).toEqual({});
  await appendDrafts(db, { terminal: "till-1" }, ["1", "2", "3"].map(sale));
  await appendDrafts(db, { terminal: "till-2" }, ["4"].map(sale));
  // Nothing is read yet.
  expect(await included()).toEqual({ "till-1": { epoch: 1, seq: 0 }, "till-2": { epoch: 1, seq: 0 } });
  await runToEnd(db);
  const rows = await db.query<{ tpos: number; terminal: string }>(sql`SELECT tpos, terminal_id AS terminal FROM transaction ORDER BY tpos`);
  expect(rows.map(({ terminal }) => terminal)).toEqual(["till-1", "till-1", "till-1", "till-2"]);
  expect(await included()).toEqual({ "till-1": { epoch: 1, seq: 3 }, "till-2": { epoch: 1, seq: 1 } });
  expect(await included("erp")).toEqual({ "till-1": { epoch: 1, seq: 0 }, "till-2": { epoch: 1, seq: 0 } });
  await arrive(2);
  expect(await included("erp")).toEqual({ "till-1": { epoch: 1, seq: 2 }, "till-2": { epoch: 1, seq: 0 } });
  await arrive(4);
  expect(await included("erp")).toEqual({ "till-1": { epoch: 1, seq: 3 }, "till-2": { epoch: 1, seq: 1 } });
  // One that did not arrive although the cursor is past it; what came after it counts as not arrived either.
  await db.query(sql`
    INSERT INTO delivery (destination, shard, tpos, natural_key, ordering_key, identity, state, attempts, first_at_ms, last_at_ms)
    SELECT 'erp', shard, tpos, natural_key, ordering_key, 'tx', 'parked', 1, 1, 1 FROM transaction WHERE tpos = 2`);
  expect(await included("erp")).toEqual({ "till-1": { epoch: 1, seq: 1 }, "till-2": { epoch: 1, seq: 1 } });
  // Another life of the journal: what is missing lies in the one before.
  await appendDrafts(db, { terminal: "till-1", epoch: 2 }, ["5"].map(sale));
  await runToEnd(db);
  await arrive(5);
  expect(await included("erp")).toEqual({ "till-1": { epoch: 1, seq: 1 }, "till-2": { epoch: 1, seq: 1 } });
  await db.query(sql`DELETE FROM delivery`);
  expect(await included("erp")).toEqual({ "till-1": { epoch: 2, seq: 1 }, "till-2": { epoch: 1, seq: 1 } });
  await expect(included("nobody")).rejects.toMatchObject({ code: "destination.unknown" });
});

test("a level is written with what is in it; the same figure by the same movements is no news", async () => {
  const source = memorySource();
  const part = {
    ...source.part,
    levels: [
      { store: STORE, destination: "erp" },
      { store: "store-9" as StoreId, destination: undefined },
    ],
  };
  await addFeed(db, checkFeed({ ...FILE, name: "books" }), seal, 1);
  const feed = openInstead("books", 1, { ...source, part });
  const deps: PollDeps = { db, log: recordingLog(), owner: "one", seal, open: new Map([["books", feed]]), ports: systemPorts };
  const level = (onHand: string, moves: string | undefined, store: string = STORE): Omit<FeedItem, "key"> => ({
    refused: [],
    documents: [
      {
        collection: "stock",
        id: `${store}:apple`,
        scope: `store:${store}` as Scope,
        fields: { storeId: store, itemId: "apple", onHand },
        mark: { figure: onHand, moves },
      },
    ],
  });
  const poll = async () => {
    await wishRun(db, "books", { full: false, allowDeletions: false });
    return pollFeed(deps, "books", new AbortController().signal);
  };
  const held = async (store: string = STORE) =>
    (
      await db.query<{ body: object; version: number }>(sql`SELECT body, version FROM reference_document WHERE id = ${`${store}:apple`}`)
    )[0];
  source.set("a", level("7", "move 1"));
  // A store that nobody has enrolled in.
  source.set("b", level("3", undefined, "store-9"));
  expect(await poll()).toMatchObject({ outcome: "done", changed: 2 });
  expect((await held())?.body).toMatchObject({ onHand: "7", included: { "till-1": { epoch: 2, seq: 1 }, "till-2": { epoch: 1, seq: 1 } } });
  expect((await held("store-9"))?.body).toMatchObject({ onHand: "3" });
  const { version } = (await held()) ?? {};
  source.set("a", level("7", "move 1"));
  expect(await poll()).toMatchObject({ changed: 0 });
  // A sale that has arrived, and goods that came in: the same figure by other movements.
  await appendDrafts(db, { terminal: "till-2" }, ["6"].map(sale));
  await runToEnd(db);
  await arrive(6);
  source.set("a", level("7", "move 3"));
  expect(await poll()).toMatchObject({ changed: 1 });
  expect(await held()).toMatchObject({ version: (version ?? 0) + 1, body: { onHand: "7", included: { "till-2": { seq: 2 } } } });
});
