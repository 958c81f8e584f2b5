import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../db/database.ts";
import { openDatabase } from "../db/open-database.ts";
import { migrate } from "../db/migrate.ts";
import { createLogger } from "../config/logger.ts";
import { sql } from "../db/sql.ts";
import { SECRET } from "../destinations/testing/run-dispatcher.ts";
import { addTerminal, appendDrafts } from "../transactions/testing/append-drafts.ts";
import { makeSale, transactionDraft } from "../transactions/testing/make-transaction.ts";
import { runToEnd } from "../transactions/testing/run-to-end.ts";

const BIN = fileURLToPath(new URL("../../bin/cloud-sync.mjs", import.meta.url));
let dir: string;
/** Stands for the running cloud: the commands are its guests, as they are beside `serve`. */
let db: Database;

const run = (...args: string[]): Promise<{ code: number; out: string; json: () => unknown }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [BIN, ...args, "--data", dir], { maxBuffer: 64 * 1024 * 1024 }, (error, out) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, json: () => JSON.parse(out) as unknown });
    });
  });

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "tillsync-commands-"));
  db = await openDatabase({ kind: "embedded", dir }, "serve", createLogger({}, "warn"));
  await migrate(db);
  await addTerminal(db, "till-1", "store-1", ["9"]);
  await appendDrafts(db, { terminal: "till-1" }, [
    transactionDraft(makeSale({ sequence: "1", grand: "1000" })),
    transactionDraft(makeSale({ sequence: "2", store: "10" })),
    transactionDraft(makeSale({ sequence: "1", grand: "900" }), 2),
  ]);
  await runToEnd(db);
});
afterAll(async () => {
  await db.close();
  await rm(dir, { recursive: true });
});

test("destinations: added once, listed without secrets, paused and resumed", async () => {
  const file = join(dir, "erp.json");
  await writeFile(file, JSON.stringify({ name: "erp", kind: "webhook", url: "https://erp.example/", secret: SECRET }));
  expect(await run("destinations", "add", file, "--json")).toMatchObject({ code: 0, out: '{"destination":"erp"}\n' });
  expect((await run("destinations", "add", file, "--json")).json()).toMatchObject({ error: { code: "destination.exists" } });
  expect((await run("destinations", "pause", "erp", "--json")).json()).toEqual({ destination: "erp", state: "paused" });
  const listed = await run("destinations", "list", "--json");
  expect(listed.json()).toEqual({ destinations: [{ name: "erp", kind: "webhook", state: "paused" }] });
  expect(listed.out).not.toContain("whsec");
  expect((await run("destinations", "resume", "erp", "--json")).json()).toEqual({ destination: "erp", state: "active" });
  expect((await run("destinations", "resume", "crm", "--json")).json()).toMatchObject({ error: { code: "destination.unknown" } });
  expect((await run("destinations", "replay", "erp", "--from", "2026-11-20", "--to", "2026-11-20", "--json")).json()).toEqual({
    replay: 1,
  });
  expect(await run("destinations", "replay", "erp")).toMatchObject({ code: 2 });
  expect(await run("destinations", "remove", "erp")).toMatchObject({ code: 2 });
});

test("reconcile: exit 1 with the list while something is missing", async () => {
  const found = await run("reconcile", "--business-day", "2026-11-20", "--store", "store-1", "--json");
  expect(found.code).toBe(1);
  expect(found.json()).toMatchObject({
    equal: false,
    destinations: [
      { destination: "erp", log: { count: 1, gross: { USD: "9.00" } }, missing: [{ naturalKey: "9/31/2026-11-20/1", state: "pending" }] },
    ],
  });
  expect((await run("reconcile", "--business-day", "2026-11-19", "--json")).code).toBe(0);
  expect((await run("reconcile", "--business-day", "monday")).code).toBe(2);
  expect((await run("reconcile")).code).toBe(2);
});

test("set-aside: listed with its reason; taken up when the store is allowed", async () => {
  expect((await run("set-aside", "list", "--json")).json()).toMatchObject({
    setAside: [{ pos: 2, code: "entry.not-allowed", terminalId: "till-1" }],
  });
  expect((await run("set-aside", "retry", "--json")).json()).toEqual({ takenUp: 0, stillOpen: 1 });
  expect((await run("stores", "allow", "store-1", "--pos-store", "9", "--pos-store", "10")).code).toBe(0);
  expect((await run("set-aside", "list", "--json")).json()).toEqual({ setAside: [] });
  expect((await run("set-aside")).code).toBe(2);
});

test("sales export: one canonical transaction a line, the latest revision or all", async () => {
  const lines = async (...args: string[]) =>
    (await run("sales", "export", ...args)).out
      .split("\n")
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { reported: { grand: string } }).reported.grand);
  expect(await lines()).toEqual(["900", "1250"]);
  expect(await lines("--all-revisions", "--store", "store-1", "--business-day", "2026-11-20")).toEqual(["1000", "900", "1250"]);
  expect(await lines("--business-day", "2026-11-21")).toEqual([]);
  expect((await run("sales")).code).toBe(2);
});

test("deliveries: paged list, retry and skip of what is there, a coded error for what is not", async () => {
  for (const tpos of [1, 2])
    await db.query(sql`
      INSERT INTO delivery (destination, shard, tpos, natural_key, ordering_key, identity, state, attempts, first_at_ms, last_at_ms, code)
      VALUES ('erp', 'main', ${tpos}::bigint, 'k', ${String(tpos)}, ${`tx_${tpos}`}, 'parked', 1, 0, 0, 'delivery.rejected')`);
  expect((await run("deliveries", "list", "--state", "parked", "--limit", "1", "--json")).json()).toMatchObject({
    deliveries: [{ id: 1, state: "parked" }],
    next: 1,
  });
  expect((await run("deliveries", "list", "--destination", "erp", "--after", "1", "--json")).json()).toMatchObject({
    deliveries: [{ id: 2 }],
  });
  expect((await run("deliveries", "retry", "1", "--json")).json()).toEqual({ retried: [1] });
  expect((await run("deliveries", "skip", "2", "--reason", "by hand", "--json")).json()).toEqual({ skipped: 2 });
  expect((await run("deliveries", "skip", "2", "--reason", "by hand", "--json")).json()).toMatchObject({
    error: { code: "delivery.unknown" },
  });
  expect((await run("deliveries", "skip", "2")).code).toBe(2);
  expect((await run("deliveries", "retry", "x")).code).toBe(2);
  expect((await run("deliveries", "list", "--state", "lost")).code).toBe(2);
  expect((await run("deliveries", "list", "--destination", "crm", "--json")).json()).toMatchObject({
    error: { code: "destination.unknown" },
  });
});
