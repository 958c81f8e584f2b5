/// <reference lib="dom" />
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Collection } from "@tillsync/sync-protocol";
import { build } from "esbuild";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../../apps/cloud-sync/src/db/database.ts";
import { openTestDatabase } from "../../../apps/cloud-sync/src/db/testing/open-test-database.ts";
import {
  aPrice,
  openReferenceCloud,
  type ReferenceCloud,
} from "../../../apps/cloud-sync/src/reference/replication/testing/open-reference-cloud.ts";
import type { openWindow as Open, OpenWindow } from "../../../examples/src/rxdb-client/open-window.ts";

const CHROMIUM = process.env["TILLSYNC_CHROMIUM"] ?? "/usr/bin/chromium";
const hasBrowser = existsSync(CHROMIUM);
const CLIENT = fileURLToPath(new URL("../../../examples/src/rxdb-client/", import.meta.url));

declare global {
  // oxlint-disable-next-line no-var -- how a global is declared
  var openWindow: typeof Open;
  var shown: OpenWindow;
}

/** The example's client as a page loads it. */
async function bundleClient(): Promise<string> {
  const bundled = await build({
    stdin: { contents: `import { openWindow } from "./open-window.ts"; globalThis.openWindow = openWindow;`, resolveDir: CLIENT },
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    platform: "browser",
    conditions: ["tillsync-source"],
  });
  return bundled.outputFiles[0]?.text ?? "";
}

async function servePage(script: string): Promise<{ server: Server; origin: string }> {
  const server = createServer((request, response) => {
    response.setHeader("content-type", request.url === "/client.js" ? "text/javascript" : "text/html");
    response.end(request.url === "/client.js" ? script : `<!doctype html><title>prices</title><script src="/client.js"></script>`);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe.skipIf(!hasBrowser)(`RxDB in a page of a real browser${hasBrowser ? "" : ` (skipped: no ${CHROMIUM})`}`, () => {
  let db: Database;
  let cloud: ReferenceCloud;
  let browser: Browser;
  let token: string;
  const pages: { server: Server; origin: string }[] = [];
  beforeAll(async () => {
    const script = await bundleClient();
    pages.push(await servePage(script), await servePage(script));
    db = await openTestDatabase();
    cloud = await openReferenceCloud(db, { allowOrigins: [pages[0]?.origin ?? ""] });
    await cloud.cloud.enrolled("till-1", "S1");
    token = await cloud.service("window", ["reference:read", "reference:write"], "S1");
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser.close();
    await cloud.close();
    await db.close();
    for (const { server } of pages) server.close();
  });

  const openPage = async (n: number): Promise<Page> => {
    const page = await browser.newPage();
    await page.goto(`${pages[n]?.origin}/`);
    return page;
  };
  const join = (page: Page, names: Collection[]) =>
    page.evaluate(
      async ({ url, token, names }) => {
        globalThis.shown = await globalThis.openWindow({ url, authorization: () => token }, names, { push: true, retryTimeMs: 50 });
      },
      { url: cloud.url, token, names },
    );

  test("pulls, goes live and pushes", async () => {
    await cloud.write(["prices", "all", "p1", aPrice("100")], ["prices", "store:S2", "hidden", aPrice("1")]);
    await cloud.write(["members", "store:S1", "m100000000000000000000", { tier: "silver" }]);
    const page = await openPage(0);
    await join(page, ["prices", "members"]);
    const amounts = () =>
      page.evaluate(async () => {
        const found = await globalThis.shown.collections.prices?.find().exec();
        return Object.fromEntries((found ?? []).map((document) => [document.get("id"), document.get("amount")]));
      });
    expect(await amounts()).toEqual({ p1: "100" });

    await cloud.write(["prices", "all", "p1", aPrice("101")], ["prices", "store:S1", "p2", aPrice("200")]);
    await expect.poll(amounts, { timeout: 10_000 }).toEqual({ p1: "101", p2: "200" });
    await cloud.write(["prices", "all", "p1"]);
    await expect.poll(amounts, { timeout: 10_000 }).toEqual({ p2: "200" });

    await page.evaluate(async () => {
      const member = await globalThis.shown.collections.members?.findOne("m100000000000000000000").exec(true);
      await member?.incrementalPatch({ tier: "gold" });
    });
    const tier = async (): Promise<unknown> =>
      (
        await db.query<{ tier: string }>({
          text: "SELECT body->>'tier' AS tier FROM reference_document WHERE collection = 'members' AND id = 'm100000000000000000000'",
          values: [],
          pieces: [],
        })
      )[0]?.tier;
    await expect.poll(tier, { timeout: 10_000 }).toBe("gold");
    await page.evaluate(() => globalThis.shown.close());
    await page.close();
  });

  test("a page of another origin gets nothing", async () => {
    const page = await openPage(1);
    const outcome = await page.evaluate(
      ({ url, token }) =>
        fetch(`${url}/v1/reference/prices/pull`, { headers: { authorization: token } }).then(
          (answer) => `read ${answer.status}`,
          (error: unknown) => String(error),
        ),
      { url: cloud.url, token },
    );
    expect(outcome).toContain("Failed to fetch");
    await page.close();
  });
});
