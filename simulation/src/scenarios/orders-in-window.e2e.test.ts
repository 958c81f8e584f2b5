/// <reference lib="dom" />
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import Database from "better-sqlite3";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { builtWindow } from "../../../apps/edge-agent/desktop/src/testing/built-window.ts";
import { CHROMIUM, hasChromium, openBrowser, openPage, type OpenPage } from "../../../apps/edge-agent/desktop/src/testing/open-browser.ts";
import { run, runJson, start, type Running } from "../world/programs.ts";
import { until } from "../world/until.ts";

const STORE = "S001";
const TILL = "till-1";
/** Killed while their step is under way, each at another moment. */
const KILLED = ["2001", "2002"] as const;
const KILL_AFTER_MS = [0, 20] as const;

interface History {
  readonly orders: readonly [{ readonly status: string; readonly steps: readonly { readonly status: string; readonly outcome: string }[] }];
}

describe.skipIf(!hasChromium)(`orders between cloud, agent and window${hasChromium ? "" : ` (skipped: no ${CHROMIUM})`}`, () => {
  let folder: string;
  let cloudArgs: readonly string[];
  let data: string;
  let port: number;
  let cloud: Running | undefined;
  let agent: Running | undefined;
  let window: Running | undefined;
  let browser: Browser | undefined;
  let opened: OpenPage | undefined;
  let page: Page;

  const startCloud = async (): Promise<void> => {
    cloud = await start("cloud", ["serve", ...cloudArgs, "--port", String(port)]);
  };
  const startAgent = async (): Promise<void> => {
    agent = await start("agent", ["run", "--data", data]);
  };
  const kill = async (program: Running | undefined): Promise<void> => {
    program?.kill("SIGKILL");
    await program?.exited;
  };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tillsync-window-orders-"));
    cloudArgs = ["--data", join(folder, "cloud")];
    data = join(folder, TILL);
    mkdirSync(data, { mode: 0o700 });
    writeFileSync(join(data, "config.json"), JSON.stringify({ ballastBytes: 0 }));
    port = await freePort();
    const [built] = await Promise.all([builtWindow(), startCloud()]);
    const { code } = await runJson<{ code: string }>("cloud", ["enrol-code", ...cloudArgs, "--store", STORE, "--terminal", TILL]);
    const ran = await run("agent", ["enrol", "--data", data, "--cloud", `http://127.0.0.1:${port}`, "--code", code]);
    expect([ran.code, ran.stderr]).toEqual([0, expect.any(String)]);
    await startAgent();
    await importOrders("1001", "1002", ...KILLED);
    window = await start("agent", ["open", "--data", data, "--window", built]);
    browser = await openBrowser();
    opened = await openPage(browser, { choices: { language: "en" } });
    page = opened.page;
    await page.goto(String(window.ready["link"]));
    await goTo("orders");
    await rowOf("1001").waitFor({ timeout: 30_000 });
  });
  afterAll(async () => {
    await opened?.[Symbol.asyncDispose]();
    await browser?.close();
    await Promise.all([kill(window), kill(agent), cloud?.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const importOrders = async (...ids: readonly string[]): Promise<void> => {
    const file = join(folder, `orders-${ids[0]}.ndjson`);
    writeFileSync(file, ids.map((id) => JSON.stringify(anOrder(id))).join("\n"));
    await runJson("cloud", ["reference", "import", "--collection", "orders", "--scope", `store:${STORE}`, file, ...cloudArgs]);
  };
  const goTo = (place: string): Promise<void> => page.evaluate((hash) => void (location.hash = hash), `#/${place}`);
  const rowOf = (id: string) => page.getByRole("link", { name: `P${id}`, exact: true });
  const press = async (id: string): Promise<void> => {
    await goTo(`orders/${id}`);
    await page.getByRole("button", { name: "Hand over" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Hand over" }).click();
  };
  const toldOf = async (id: string): Promise<readonly string[]> => {
    const history = await runJson<History>("cloud", ["orders", "show", id, ...cloudArgs]);
    return [history.orders[0].status, ...history.orders[0].steps.map(({ status, outcome }) => `${status} ${outcome}`)];
  };
  /** Steps of orders in the terminal's journal, by order. */
  const journal = (): Record<string, number> => {
    const db = new Database(join(data, "agent.sqlite"), { readonly: true });
    const lines = db.prepare<[], { line: Buffer }>("SELECT line FROM entry ORDER BY key").all();
    db.close();
    const told = lines
      .map(({ line }) => (JSON.parse(String(line)) as { body: { transaction: { orderStatus?: { orderId: string } } } }).body.transaction)
      .flatMap(({ orderStatus }) => orderStatus?.orderId ?? []);
    return Object.fromEntries([...Map.groupBy(told, (id) => id)].map(([id, steps]) => [id, steps.length]));
  };

  test("an order that comes to the cloud stands in the open window by itself", async () => {
    await importOrders("1003");
    await rowOf("1003").waitFor({ timeout: 15_000 });
  });

  test("handed over with the line down: kept here, shown as that, and in the cloud exactly once when the line is back", async () => {
    await kill(cloud);
    await press("1001");
    await page.getByText("Written down here: Handed over.").waitFor();
    await page.getByText("Kept here, not yet with head office").first().waitFor();
    expect(journal()).toEqual({ "1001": 1 });
    // A window that is opened again knows of it too.
    await page.reload();
    await page.getByText("Kept here, not yet with head office").first().waitFor();
    expect(await page.getByRole("button", { name: "Hand over" }).count()).toBe(0);

    await startCloud();
    await page.getByText("Head office has it").waitFor({ timeout: 60_000 });
    expect(
      await until(
        "one step in the cloud",
        () => toldOf("1001"),
        ([status]) => status === "fulfilled",
      ),
    ).toEqual(["fulfilled", "fulfilled applied"]);
    await expect.poll(() => page.getByText("Handed over by").count(), { timeout: 30_000 }).toBe(1);
  });

  test(`an agent killed while a step is under way, ${KILLED.length} times: each step is there once, or asked for again`, async () => {
    for (const [at, id] of KILLED.entries()) {
      await press(id);
      await delay(KILL_AFTER_MS[at]);
      await kill(agent);
      await startAgent();
      await page.getByText("Written down here: Handed over.").waitFor({ timeout: 30_000 });
    }
    expect(journal()).toEqual({ "1001": 1, "2001": 1, "2002": 1 });
    for (const id of KILLED)
      expect(
        await until(
          `one step of ${id} in the cloud`,
          () => toldOf(id).catch(() => []),
          (told) => told.length > 0,
        ),
      ).toEqual(["fulfilled", "fulfilled applied"]);
    const { conflicts, refused } = await runJson<{ conflicts: unknown[]; refused: unknown[] }>("cloud", [
      "orders",
      "conflicts",
      ...cloudArgs,
    ]);
    expect([conflicts, refused]).toEqual([[], []]);
    // The control: another entry of the same step would be seen.
    expect({ ...journal(), "2001": 2 }).not.toEqual(journal());
  });

  test("an order that is cancelled elsewhere cannot be handed over here", async () => {
    await goTo("orders/1002");
    await page.getByRole("button", { name: "Hand over" }).waitFor();
    writeFileSync(join(folder, "cancelled.ndjson"), JSON.stringify({ ...anOrder("1002"), status: "cancelled" }));
    await runJson("cloud", [
      "reference",
      "import",
      "--collection",
      "orders",
      "--scope",
      `store:${STORE}`,
      join(folder, "cancelled.ndjson"),
      ...cloudArgs,
    ]);
    await page.getByText("Cancelled: hand nothing over.").waitFor({ timeout: 30_000 });
    expect(await page.getByRole("button", { name: "Hand over" }).count()).toBe(0);
  });
});

const anOrder = (id: string): object => ({
  id,
  orderId: id,
  storeId: STORE,
  status: "picked",
  lines: [{ itemId: "4711", description: "Olive oil", quantity: { value: "2", uom: "EA" } }],
  currency: "EUR",
  exponent: 2,
  total: "1998",
  due: "0",
  pickupCode: `P${id}`,
  promisedAt: "2026-12-01T10:30",
});

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
