import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { documentSchemas, encodeHlc, mergeOrders, storeId, storeScope } from "@tillsync/sync-protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLogger } from "../config/logger.ts";
import type { Database } from "../db/database.ts";
import { migrate } from "../db/migrate.ts";
import { openDatabase } from "../db/open-database.ts";
import { sql } from "../db/sql.ts";
import { stepDraft } from "../orders/testing/make-step.ts";
import { writeDocuments } from "../reference/write-documents.ts";
import { runCommand } from "../testing/run-cloud.ts";
import { addTerminal, appendDrafts } from "../transactions/testing/append-drafts.ts";
import { runToEnd } from "../transactions/testing/run-to-end.ts";

let dir: string;
/** Stands for the running cloud: the commands are its guests, as they are beside `serve`. */
let db: Database;
const run = (...args: string[]) => runCommand([...args, "--data", dir]);
const json = async (...args: string[]): Promise<unknown> => JSON.parse((await run(...args, "--json")).stdout);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "tillsync-orders-"));
  db = await openDatabase({ kind: "embedded", dir }, "serve", createLogger({}, "warn"));
  await migrate(db);
  await addTerminal(db, "till-1", "store-1");
  await appendDrafts(db, { terminal: "till-1" }, [
    stepDraft({ status: "confirmed", sequence: "1", system: "webshop" }),
    stepDraft({ status: "returned", sequence: "2", system: "webshop" }),
    stepDraft({ status: "created", sequence: "3", orderId: "4712" }),
  ]);
  await runToEnd(db);
});
afterAll(async () => {
  await db.close();
  await rm(dir, { recursive: true });
});

test("orders are listed where they stand, by status", async () => {
  expect(await json("orders", "list")).toMatchObject({ orders: [{ orderId: "4712" }, { orderId: "4711", status: "confirmed" }] });
  expect(await json("orders", "list", "--status", "created", "--store", "store-1")).toMatchObject({ orders: [{ orderId: "4712" }] });
  expect((await run("orders", "list", "--limit", "1")).stdout).toMatch(
    /^4712\t\tcreated\tstore-1\t2026-11-20T11:20:00\t1970-01-01T00:00:01.000Z\n$/,
  );
});

test("an order is shown with its steps, and with what was set aside of it until a retry takes it up", async () => {
  const refused = [{ naturalKey: "9/31/2026-11-20/2", detail: expect.stringContaining("nothing can come back") }];
  expect(await json("orders", "show", "4711")).toMatchObject({
    orders: [{ system: "webshop", status: "confirmed", steps: [{ status: "confirmed", outcome: "applied" }], setAside: refused }],
  });
  expect((await run("orders", "show", "4711")).stdout).toContain("set aside\torder:webshop/4711 stands at confirmed, told returned");
  expect(await json("set-aside", "list")).toMatchObject({ setAside: [{ code: "order.transition-forbidden" }] });
  await appendDrafts(db, { terminal: "till-1" }, [stepDraft({ status: "shipped", sequence: "4", system: "webshop" })]);
  await runToEnd(db);
  expect(await json("set-aside", "retry")).toEqual({ takenUp: 1, stillOpen: 0 });
  expect(await json("orders", "show", "4711", "--system", "webshop")).toMatchObject({ orders: [{ status: "returned", setAside: [] }] });
});

test("what cannot both be right is listed, and settled once", async () => {
  const handOvers = ["till-1", "till-2"].map((terminal, ms) => ({ terminal, at: encodeHlc({ ms, counter: 0 }) }));
  const fields = { orderId: "77", storeId: "store-1", lines: [], currency: "EUR", exponent: 2, total: "0", due: "0" };
  const order = documentSchemas.orders.parse({ id: "web:77", ...fields, status: "fulfilled", handOvers });
  const scope = storeScope(storeId("store-1"));
  await db.transaction((tx) =>
    writeDocuments(tx, [{ collection: "orders", id: order.id, scope, fields: mergeOrders(order, order) }], 1_000),
  );
  await db.query(sql`INSERT INTO fold_refusal (shard, tpos, code, detail, at_ms) VALUES ('main', 1, 'entry.not-allowed', 'why', 5)`);
  const conflict = { id: "web:77", store: "store-1", status: "fulfilled", conflict: "handed-over-twice", tills: ["till-1", "till-2"] };
  expect(await json("orders", "conflicts")).toEqual({
    conflicts: [{ ...conflict, revision: 1, pickedRevision: null, changedAtMs: 1_000 }],
    refused: [
      { naturalKey: "9/31/2026-11-20/1", store: "store-1", terminalId: "till-1", code: "entry.not-allowed", detail: "why", atMs: 5 },
    ],
  });
  expect(await json("orders", "conflicts", "--store", "store-2")).toEqual({ conflicts: [], refused: [] });
  expect(await json("orders", "settle", "web:77")).toEqual({ id: "web:77", status: "fulfilled", settled: "handed-over-twice" });
  expect(await json("orders", "conflicts")).toMatchObject({ conflicts: [] });
  expect(await json("orders", "settle", "web:77")).toMatchObject({ error: { code: "order.no-conflict", detail: "web:77" } });
  expect(await json("orders", "settle", "nobody")).toMatchObject({ error: { code: "order.unknown" } });
});

test("what is asked wrongly, or of nobody's order, is told", async () => {
  expect(await json("orders", "show", "9999")).toMatchObject({ error: { code: "order.unknown", detail: "9999" } });
  expect(await json("orders", "show", "4711", "--system", "kiosk")).toMatchObject({ error: { code: "order.unknown" } });
  for (const args of [["list", "--status", "lost"], ["show"], ["list", "4711"], []])
    expect((await run("orders", ...args)).code, args.join(" ")).toBe(2);
});
