import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sql } from "../db/sql.ts";
import { openExternalDatabase, TEST_PG_URL, type ExternalDatabase } from "../db/testing/open-external-database.ts";
import { runCommand, serveCloud, type CloudProcess } from "../testing/run-cloud.ts";

const NOTICE_SECRET = `whsec_${randomBytes(32).toString("base64")}`;
const API_KEY = "lookup:never-to-be-shown";
/** Long enough for two pollers to meet. */
const ANSWER_MS = 200;
const WAIT_MAX_MS = 60_000;

/** A Vendure that has the orders it is told, and knows how many ask at once. */
interface FakeShop {
  readonly url: string;
  readonly server: Server;
  readonly orders: Map<string, string>;
  polls: number;
  atOnceMax: number;
}

async function startFakeShop(): Promise<FakeShop> {
  const orders = new Map<string, string>();
  let atOnce = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { operationName, variables } = JSON.parse(Buffer.concat(chunks).toString()) as {
        operationName: string;
        variables: { skip?: number; filter?: { code?: { in: string[] }; updatedAt?: { after: string } } };
      };
      if (operationName === "NewestOrder") shop.polls += 1;
      atOnce += 1;
      shop.atOnceMax = Math.max(shop.atOnceMax, atOnce);
      const { code, updatedAt } = variables.filter ?? {};
      const isAsked = (one: string, at: string): boolean => (code?.in.includes(one) ?? true) && at > (updatedAt?.after ?? "");
      const items = [...orders].filter(([one, at]) => isAsked(one, at)).map(([one, at]) => orderOf(one, at));
      items.splice(0, variables.skip ?? 0);
      const answered = operationName === "NewestOrder" ? items.slice(-1) : items;
      void delay(ANSWER_MS).then(() => {
        atOnce -= 1;
        return response
          .writeHead(200, { "content-type": "application/json" })
          .end(JSON.stringify({ data: { orders: { items: answered } } }));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/admin-api`;
  const shop: FakeShop = { url, server, orders, polls: 0, atOnceMax: 0 };
  return shop;
}

const orderOf = (code: string, updatedAt: string): object => ({
  id: code,
  code,
  updatedAt,
  state: "PaymentSettled",
  currencyCode: "EUR",
  totalWithTax: 100,
  shippingLines: [{ shippingMethod: { code: "pickup" } }],
  lines: [{ id: "1", quantity: 1, productVariant: { sku: "A", name: "Apple" } }],
  payments: [{ state: "Settled", amount: 100, refunds: [] }],
  fulfillments: [],
});

describe.skipIf(TEST_PG_URL === undefined)(
  "feeds by their commands, with two clouds on one database (needs a server at TEST_PG_URL)",
  () => {
    let external: ExternalDatabase;
    let dir: string;
    let shop: FakeShop;
    const clouds: CloudProcess[] = [];
    let env: NodeJS.ProcessEnv;

    beforeAll(async () => {
      external = await openExternalDatabase();
      dir = await mkdtemp(join(tmpdir(), "tillsync-feeds-"));
      shop = await startFakeShop();
      env = { TILLSYNC_DATABASE_URL: external.url, TILLSYNC_SEAL_KEY: randomBytes(32).toString("base64url") };
      for (const name of ["one", "two"]) clouds.push(await serveCloud(["--data", join(dir, name)], env));
    });
    afterAll(async () => {
      for (const cloud of clouds) await cloud.end("SIGTERM");
      shop.server.closeAllConnections();
      shop.server.close();
      await external.drop();
      await rm(dir, { recursive: true, force: true });
    });

    const run = (...args: string[]) => runCommand(["feeds", ...args], env);
    const json = async (...args: string[]): Promise<unknown> => JSON.parse((await run(...args, "--json")).stdout);
    const held = async (): Promise<string[]> =>
      (
        await external.db.query<{ id: string }>(
          sql`SELECT id FROM reference_document WHERE collection = 'orders' AND body IS NOT NULL ORDER BY id`,
        )
      ).map(({ id }) => id);
    const until = async (wanted: () => Promise<boolean>): Promise<void> => {
      for (const end = performance.now() + WAIT_MAX_MS; !(await wanted()); await delay(50))
        if (performance.now() > end) throw new Error("not reached in time");
    };

    test("a feed is added, polled by one of the clouds at a time, shown without its secrets, paused, run by hand and removed", async () => {
      shop.orders.set("O1", "2026-11-22T10:00:00.000Z");
      const file = join(dir, "web.json");
      const fields = { name: "web", kind: "vendure", url: shop.url, secret: API_KEY, allowPrivateNetwork: true, stores: { pickup: "S1" } };
      await writeFile(file, JSON.stringify({ ...fields, pollMs: 1_000, noticeSecret: NOTICE_SECRET }));
      expect(await json("add", file)).toEqual({ feed: "web" });
      expect(JSON.parse((await run("add", file, "--json")).stdout)).toMatchObject({ error: { code: "feed.exists" } });
      await until(async () => (await held()).includes("O1"));
      shop.polls = 0;
      const fromMs = performance.now();
      await until(() => Promise.resolve(shop.polls >= 4));
      expect(performance.now() - fromMs).toBeGreaterThan(3_000);
      expect(shop.atOnceMax).toBe(1);
      const shown = await run("show", "web", "--json");
      expect(JSON.parse(shown.stdout)).toMatchObject({
        state: "active",
        documents: [{ collection: "orders", count: 1 }],
        lastRun: { outcome: "done" },
      });
      for (const said of [shown.stdout, (await run("show", "web")).stdout, (await run("list")).stdout])
        expect([said.includes("never-to-be-shown"), said.includes(NOTICE_SECRET)]).toEqual([false, false]);
      expect(await json("pause", "web")).toEqual({ feed: "web", state: "paused" });
      // Its turn comes when a poll that was under way has ended; from then on nobody else polls.
      expect(await json("run", "web")).toMatchObject({ feed: "web", outcome: "done" });
      shop.orders.set("O2", "2026-11-22T10:01:00.000Z");
      expect(await json("run", "web", "--full")).toMatchObject({ feed: "web", outcome: "done", changed: 1 });
      expect(await held()).toEqual(["O1", "O2"]);
      expect(await json("list")).toEqual({ feeds: [{ name: "web", kind: "vendure", state: "paused" }] });
    });

    test("a notice to either cloud is followed at once", async () => {
      shop.orders.set("O3", "2026-11-22T10:02:00.000Z");
      await json("resume", "web");
      for (const [at, cloud] of clouds.entries()) {
        const code = `N${at}`;
        shop.orders.set(code, `2026-11-22T10:0${at + 3}:00.000Z`);
        const body = JSON.stringify({ type: "order.changed", key: code });
        const now = new Date();
        const headers = {
          "content-type": "application/json",
          "webhook-id": code,
          "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
          "webhook-signature": new Webhook(NOTICE_SECRET).sign(code, now, body),
        };
        const answer = await fetch(`${cloud.url}/v1/feeds/web/notices`, { method: "POST", headers, body });
        expect(answer.status).toBe(202);
        await until(async () => (await held()).includes(code));
      }
    });

    test("a removed feed leaves what it brought, and is unknown", async () => {
      expect(await json("remove", "web")).toMatchObject({ feed: "web" });
      expect(await held()).toContain("O1");
      for (const action of ["show", "run", "remove", "pause"])
        expect(await json(action, "web")).toMatchObject({ error: { code: "feed.unknown" } });
      expect((await run("fly", "web")).code).toBe(2);
    });
  },
);
