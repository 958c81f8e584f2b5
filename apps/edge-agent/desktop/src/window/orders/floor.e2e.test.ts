/// <reference lib="dom" />
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { builtWindow } from "../../testing/built-window.ts";
import { NOW_MS, SNAPSHOTS } from "../../testing/make-shop.ts";
import { CHROMIUM, hasChromium, openBrowser, openPage, type OpenPage, type PageOptions } from "../../testing/open-browser.ts";
import { runAxe } from "../../testing/run-axe.ts";
import { scriptShop } from "../../testing/script-shop.ts";
import { serveWindow, type ServedWindow } from "../../testing/serve-window.ts";
import { anOrder } from "../live/testing/an-order.ts";
import type { FakeAgent } from "../live/testing/fake-agent.ts";
import { openFloor, scriptFloor } from "../live/testing/script-floor.ts";

const XSS = `"'><img src=x onerror="globalThis.taken=1"><script>globalThis.taken=1</script>`;

describe.skipIf(!hasChromium)(`orders and look-up in the window${hasChromium ? "" : ` (skipped: no ${CHROMIUM})`}`, () => {
  let browser: Browser;
  let served: ServedWindow;
  let floor: FakeAgent;
  beforeAll(async () => {
    served = await serveWindow(await builtWindow(), {});
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await served?.[Symbol.asyncDispose]();
  });

  const open = async (place: string, options: PageOptions = {}): Promise<OpenPage> => {
    floor = openFloor();
    served.agent = { ...scriptShop(SNAPSHOTS.safe), ...scriptFloor((value) => value, floor) };
    const opened = await openPage(browser, {
      nowMs: NOW_MS,
      viewport: { width: 1100, height: 900 },
      choices: { language: "en" },
      ...options,
    });
    await opened.page.goto(`${served.url}#/${place}`);
    await loaded(opened.page);
    return opened;
  };
  const loaded = (page: Page) =>
    page.waitForFunction(() => (document.querySelector("main")?.children.length ?? 0) > 1 && !document.querySelector("main .loading"));
  const codes = (page: Page) => page.locator(".orders > li > a").allTextContents();

  test.each([
    ["de", "light", ["1006", "1004"]],
    ["fr", "dark", ["1005", "nobody"]],
    ["en", "dark", ["web:1001"]],
  ] as const)("axe finds nothing in orders, their dialog and a look-up in %s, %s", async (language, theme, ids) => {
    await using opened = await open("look-up", { choices: { language, theme } });
    const { page } = opened;
    await page.locator("main input").fill(language === "fr" ? "9001234567" : "0,");
    await page.locator(".product").first().waitFor();
    expect(await runAxe(page)).toEqual([]);
    for (const id of ids) {
      await page.evaluate((hash) => (location.hash = hash), `#/orders/${encodeURIComponent(id)}`);
      await loaded(page);
      if (id === "web:1001") {
        await page.locator(".button-main").click();
        await page.getByRole("dialog").waitFor();
      }
      expect(await runAxe(page), id).toEqual([]);
    }
    expect(opened.faults).toEqual([]);
  });

  test("what is to be done first is on top, what is over is elsewhere, a code leads to its order", async () => {
    await using opened = await open("orders");
    const { page } = opened;
    expect(await codes(page)).toEqual(["C1004", "C1006", "C1001", "C1002", "C1003"]);
    await page.getByText("late").first().waitFor();
    await page.getByLabel("Show").selectOption("done");
    await expect.poll(() => codes(page)).toEqual(["C1005"]);
    await page.getByLabel("Pick-up code or order number").fill("c1002");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Order 1002" }).waitFor();
    expect(new URL(page.url()).hash).toBe("#/orders/1002");
  });

  test("an order is handed over by the keyboard alone, once, and says until when head office does not know", async () => {
    await using opened = await open("orders/web%3A1001");
    const { page } = opened;
    await page.getByText("Take €19.98 at the till before you hand the goods over.").waitFor();
    await page.getByRole("button", { name: "Hand over" }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Take €19.98").waitFor();
    expect(floor.steps.size, "asked once more first").toBe(0);
    await dialog.getByRole("button", { name: "Hand over" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("Written down here: Handed over.").waitFor();
    await page.getByText("Kept here, not yet with head office").first().waitFor();
    expect([...floor.steps.keys()]).toEqual(["web:1001/1/fulfilled"]);
    expect(await page.getByRole("button", { name: "Hand over" }).count()).toBe(0);

    floor.toldToCloud = true;
    floor.put("orders", "web:1001", anOrder("1001", { system: "web", status: "fulfilled", due: "0" }));
    await page.getByText("Head office has it").waitFor();
    await expect.poll(() => page.getByText("Kept here, not yet with head office").count()).toBe(0);
    expect(opened.faults).toEqual([]);
  });

  test("a window that is opened again shows what was done here, though the cloud's document does not say it", async () => {
    await using opened = await open("orders");
    floor.steps.set("1002/1/fulfilled", { id: "1002", version: 1, status: "fulfilled" });
    await opened.page.reload();
    await loaded(opened.page);
    await expect.poll(() => codes(opened.page)).not.toContain("C1002");
    await opened.page.goto(`${served.url}#/orders/1002`);
    await opened.page.getByText("Kept here, not yet with head office").first().waitFor();
    expect(await opened.page.getByRole("button", { name: "Hand over" }).count()).toBe(0);
  });

  test("a step that may not be is refused with its reason; a change under an open question is told before", async () => {
    await using opened = await open("orders/1002");
    const { page } = opened;
    floor.faults = { dropEvents: true };
    floor.put("orders", "1002", anOrder("1002", { status: "cancelled", cancelled: true }));
    await page.getByRole("button", { name: "Goods are packed" }).click();
    await page.getByRole("alert").getByText("Not taken: Ready for pick-up.").waitFor();
    await page.getByRole("alert").getByText("At “Cancelled” that may not be").waitFor();
    floor.faults = {};
    await page.getByText("Cancelled: hand nothing over.").first().waitFor();
    expect(await page.locator(".actions .button").allTextContents(), "nothing is offered any more").toEqual([]);

    await page.evaluate(() => (location.hash = "#/orders/web%3A1001"));
    await page.getByRole("button", { name: "Hand over" }).click();
    await page.getByRole("dialog").waitFor();
    floor.put("orders", "web:1001", anOrder("1001", { system: "web", status: "picked", total: "9900", revision: 2 }));
    await page.getByRole("dialog").getByText("The order changed meanwhile.").waitFor();
    expect(await page.getByRole("dialog").getByRole("button").allTextContents()).toEqual(["Cancel"]);
    expect(floor.steps.size).toBe(0);
  });

  test("goods are picked anew after a change; while the agent is away it says that nothing is written down; then it is, once", async () => {
    await using opened = await open("orders/1004");
    const { page } = opened;
    const conflict = page.getByText("The order was changed after its goods were picked.");
    await conflict.waitFor();
    await page.getByRole("button", { name: "Goods compared and put right" }).click();
    await page.getByText("Written down here: Ready for pick-up.").waitFor();
    await conflict.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Hand over" }).click();
    floor.down = true;
    await page.getByRole("dialog").getByRole("button", { name: "Hand over" }).click();
    await page.getByText("Nothing is written down yet").waitFor();
    expect(floor.steps.size).toBe(1);
    floor.down = false;
    await page.getByText("Written down here: Handed over.").waitFor();
    expect([...floor.steps.keys()]).toEqual(["1004/1/picked", "1004/1/fulfilled"]);
  });

  test("a scanner's code is asked for at Enter, and no row of an earlier text is shown under a later one", async () => {
    await using opened = await open("look-up");
    const { page } = opened;
    const find = served.agent["find-products"]!;
    const asked: string[] = [];
    let release: () => void = () => undefined;
    served.agent = {
      ...served.agent,
      "find-products": async (request) => {
        asked.push(request.text);
        if (request.text === "rum") await new Promise<void>((resolve) => (release = resolve));
        return find(request);
      },
    };
    const field = page.getByLabel("Article or member");
    await expect.poll(() => field.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.type("rum");
    await expect.poll(() => asked).toEqual(["rum"]);
    await field.press("ControlOrMeta+a");
    await page.keyboard.type("4006381333931\n", { delay: 1 });
    await page.getByRole("heading", { name: "Olivenöl 0,5 l" }).waitFor();
    release();
    await page.getByText("1 article for “4006381333931”").waitFor();
    expect(await page.locator(".product h3").allTextContents()).toEqual(["Olivenöl 0,5 l"]);
    expect(asked, "a burst of keys is one question").toEqual(["rum", "4006381333931"]);
    await page.getByText("€7.99").waitFor();
    await page.getByText("otherwise €9.99").waitFor();

    await page.keyboard.type("Rückruf\n");
    await page.getByRole("alert").getByText("Blocked: must not be sold.").waitFor();
    await page.keyboard.type("rum 0");
    expect(await page.locator(".product").count(), "while it is typed nothing of before is shown").toBe(0);
  });

  test("sources say what to do, and the history is read page by page", async () => {
    await using opened = await open("sources");
    const { page } = opened;
    const [source] = SNAPSHOTS.safe.sources;
    served.agent = {
      ...served.agent,
      snapshot: () => ({ ...SNAPSHOTS.safe, sources: [{ ...source!, state: "failing", code: "source.unreadable", failed: 2, open: 1 }] }),
    };
    await page.getByText("2 files were not taken.").waitFor();
    await page.getByText("Bis bald").waitFor();
    await page.getByRole("rowheader", { name: "kiosk, store 0042" }).waitFor();
    await page.evaluate(() => (location.hash = "#/history"));
    await page.getByText("still so, for").waitFor();
    await page.getByRole("button", { name: "Older" }).click();
    await page.getByRole("button", { name: "Older" }).click();
    await expect.poll(() => page.locator("tbody tr").count()).toBe(9);
    expect(await page.getByRole("button", { name: "Older" }).count()).toBe(0);
    await page.getByRole("button", { name: "Newer" }).click();
    await expect.poll(() => page.locator("tbody tr").count()).toBe(25);
    expect(await runAxe(page)).toEqual([]);
  });

  test("markup in orders, articles, settings and devices is text", async () => {
    await using opened = await open("orders");
    const { page } = opened;
    const line = { itemId: "1", description: XSS, quantity: { value: "1", uom: "EA" } };
    floor.put("orders", "x", anOrder(XSS, { pickupCode: XSS, system: XSS, lines: [line], promisedAt: "2020-01-01T00:00" }));
    floor.put("configuration", XSS, { value: XSS });
    await page.getByRole("link", { name: XSS }).waitFor();
    const places = ["#/orders/x", "#/sources", "#/look-up", "#/orders"];
    const article = {
      itemId: XSS,
      description: XSS,
      gtins: [] as string[],
      status: "active" as const,
      uom: XSS,
      department: XSS,
      ageRestriction: null,
      price: null,
      stock: null,
    };
    const member = { id: XSS, programme: XSS, tier: XSS, customerGroup: XSS, points: 1, state: "active" as const };
    served.agent = {
      ...served.agent,
      devices: () => ({ devices: [{ store: XSS, workstation: XSS, lastReceiptAt: XSS, lastCapturedAtMs: 1, source: XSS }] }),
      "find-products": () => ({ rows: [article], more: true, asOfMs: null }),
      "find-members": () => ({ rows: [member], asOfMs: null }),
    };
    for (const place of places) {
      await page.evaluate((hash) => (location.hash = hash), place);
      await loaded(page);
      if (place === "#/look-up") {
        await page.locator("main input").fill(XSS);
        await page.getByRole("heading", { name: XSS }).waitFor();
      } else await page.getByText(XSS).first().waitFor();
      expect(await page.evaluate(() => ("taken" in globalThis ? "taken" : document.querySelectorAll("main img, main script").length))).toBe(
        0,
      );
    }
    expect(opened.faults).toEqual([]);
  });
});
