import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeSupportNumber, type StoreId, type TerminalId } from "@tillsync/sync-protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLogger } from "../config/logger.ts";
import type { Database } from "../db/database.ts";
import { migrate } from "../db/migrate.ts";
import { openDatabase } from "../db/open-database.ts";
import { takeRequest } from "../support-requests/take-request.ts";
import { runCommand } from "../testing/run-cloud.ts";
import { addTerminal } from "../transactions/testing/append-drafts.ts";

let dir: string;
/** Stands for the running cloud: the commands are its guests, as they are beside `serve`. */
let db: Database;
const run = (...args: string[]) => runCommand(["support", ...args, "--data", dir]);
const number = makeSupportNumber(Uint8Array.from([1, 2, 3, 4, 5, 6, 7]));

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "tillsync-support-"));
  db = await openDatabase({ kind: "embedded", dir }, "serve", createLogger({}, "warn"));
  await migrate(db);
  await addTerminal(db, "till-1", "store-1");
  const item = {
    id: 1,
    origin: "here",
    at: "2026-03-02T10:00:00Z",
    code: "capture.field-invalid",
    detail: null,
    source: "pos",
    adapter: null,
    name: "day.xml",
    times: 1,
    entry: null,
  } as const;
  const request = { number, atMs: 1, note: "\u001b[2Jhelp\n\u202etill 9", agentVersion: "0", itemsTotal: 3, items: [item] };
  await takeRequest(db, { terminal: "till-1" as TerminalId, store: "store-1" as StoreId }, request, 2);
});
afterAll(async () => {
  await db.close();
  await rm(dir, { recursive: true });
});

test("whoever helps finds a request by the number that is read out, and settles it", async () => {
  const spoken = number.replace("-", " ").toLowerCase();
  const shown = (await run("show", spoken)).stdout;
  expect(shown).toContain(`${number}\tstore-1\ttill-1\t1970-01-01T00:00:00.002Z\topen\t3 items\t [2Jhelp  till 9\n`);
  expect(shown).toContain("capture.field-invalid");
  expect(shown).toContain("2 more are listed at the terminal");
  expect(shown).not.toMatch(/\p{Cf}/u);
  expect(shown).not.toContain("\u001b");
  const wrong = await run("show", "1234-5679", "--json");
  expect([wrong.code, wrong.stdout]).toEqual([2, expect.stringContaining("usage.invalid")]);
  expect(JSON.parse((await run("resolve", number, "--note", "done", "--json")).stdout)).toMatchObject({
    requests: [{ resolution: "done" }],
  });
  expect((await run("list")).stdout).toBe("");
  expect(JSON.parse((await run("list", "--all", "--store", "store-1", "--json")).stdout)).toMatchObject({ requests: [{ number }] });
});
