/// <reference lib="dom" />
import { readFile } from "node:fs/promises";
import { errorText } from "@tillsync/sync-protocol";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { builtWindow } from "../testing/built-window.ts";
import { goToPlace, PLACES, settled } from "../testing/go-to-place.ts";
import { makeSnapshot, NOW_MS, SNAPSHOTS } from "../testing/make-shop.ts";
import { CHROMIUM, hasChromium, openBrowser, openPage, type PageOptions } from "../testing/open-browser.ts";
import { PAYLOAD, poison } from "../testing/poison.ts";
import { Refused, type ScriptedAgent } from "../testing/scripted-agent.ts";
import { scriptShop } from "../testing/script-shop.ts";
import { serveWindow, type ServedWindow } from "../testing/serve-window.ts";

declare global {
  // oxlint-disable-next-line no-var -- how a global is declared
  var taken: unknown;
}

describe.skipIf(!hasChromium)(`what the window says and lets happen${hasChromium ? "" : ` (skipped: no ${CHROMIUM})`}`, () => {
  let browser: Browser;
  let folder: string;
  let served: ServedWindow;
  beforeAll(async () => {
    folder = await builtWindow();
    served = await serveWindow(folder, {});
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await served?.[Symbol.asyncDispose]();
  });

  const open = async (agent: ScriptedAgent, place = "home", options: PageOptions = {}) => {
    served.agent = agent;
    const opened = await openPage(browser, {
      nowMs: NOW_MS,
      viewport: { width: 1024, height: 720 },
      choices: { language: "en" },
      ...options,
    });
    await opened.page.goto(`${served.url}#/${place}`);
    await settled(opened.page, place);
    return opened;
  };
  const state = (page: Page) => page.getAttribute(".state", "data-state");

  test("markup in texts of others is shown as text and runs nothing", async () => {
    await using opened = await open(scriptShop(SNAPSHOTS.attention, poison));
    const { page, faults } = opened;
    for (const place of PLACES) {
      await goToPlace(page, place);
      const drawn = await page.evaluate(() => ({
        taken: globalThis.taken,
        foreign: document.querySelectorAll(
          "#window :is(img, script, iframe, object, embed, b, [onerror], [onload], a[href^='javascript:'])",
        ).length,
        text: document.body.textContent,
      }));
      expect({ taken: drawn.taken, foreign: drawn.foreign }, place).toEqual({ taken: undefined, foreign: 0 });
      expect(drawn.text, place).toContain("<img src=x onerror=");
    }
    await goToPlace(page, "care");
    await page.getByRole("button", { name: "Run the check" }).click();
    await page.getByText(`a check of tomorrow${PAYLOAD}`.slice(0, 60)).waitFor();
    await page.getByRole("button", { name: "Make and save" }).click();
    await page.getByText("Saved as").waitFor();
    expect(await page.evaluate(() => globalThis.taken)).toBeUndefined();
    // Not even tried: the policy has stopped nothing.
    expect(faults).toEqual([]);
  });

  test("markup in an error's detail is text too", async () => {
    const refuse = () => {
      throw new Refused("usage.invalid", PAYLOAD);
    };
    await using opened = await open({ ...scriptShop(SNAPSHOTS.safe), day: refuse, "set-aside-list": refuse });
    for (const place of ["home", "set-aside"]) {
      await goToPlace(opened.page, place);
      await opened.page.getByRole("alert").filter({ hasText: "<script>globalThis.taken=1</script>" }).waitFor();
    }
    expect(await opened.page.evaluate(() => globalThis.taken)).toBeUndefined();
    expect(opened.faults).toEqual([]);
  });

  test("Trusted Types stop a screen that would write markup, and without the policy the payload bites", async () => {
    await using opened = await open(scriptShop(SNAPSHOTS.safe));
    const write = (page: Page) =>
      page.evaluate((markup) => {
        try {
          const main = document.querySelector("main");
          if (main !== null) main.innerHTML = markup;
          return "written";
        } catch (error) {
          return String(error);
        }
      }, PAYLOAD);
    expect(await write(opened.page)).toContain("TrustedHTML");
    expect(opened.faults.join()).toContain("Trusted");
    expect(await opened.page.evaluate(() => globalThis.taken)).toBeUndefined();

    await using bare = await serveWindow(folder, scriptShop(SNAPSHOTS.safe), { policy: null });
    await using unsafe = await openPage(browser, { nowMs: NOW_MS });
    await unsafe.page.goto(bare.url);
    await settled(unsafe.page, "home");
    expect(await write(unsafe.page)).toBe("written");
    await unsafe.page.waitForFunction(() => globalThis.taken === 1);
  });

  test("nothing is green when the agent does not answer, answers late, or answers another language", async () => {
    const shop = scriptShop(SNAPSHOTS.safe);
    await using opened = await open(shop);
    const { page } = opened;
    expect(await state(page)).toBe("safe");
    const becomes = async (agent: ScriptedAgent, kind: string): Promise<void> => {
      served.agent = agent;
      await page.locator(`.state[data-state="${kind}"]`).waitFor();
    };
    await becomes({ ...shop, snapshot: () => Promise.reject(new Refused("wire.unreachable")) }, "attention");
    await page.getByText(errorText("agent.not-answering", "en").meaning).waitFor();
    // What is shown below it is not of a moment that is gone, but whom to call is.
    expect(await page.getByText("Not known: the agent does not answer.").count()).toBe(2);
    await page.getByText("Filialservice", { exact: true }).waitFor();
    await becomes(shop, "safe");
    await becomes({ ...shop, snapshot: () => ({ ...makeSnapshot(), apiVersion: 2 }) as never }, "attention");
    await becomes(shop, "safe");
    await becomes({ ...shop, snapshot: () => makeSnapshot({ atMs: NOW_MS - 16_000 }) }, "attention");
    await becomes(shop, "safe");
    await becomes({ ...shop, snapshot: () => SNAPSHOTS.sending }, "sending");
  });

  test("a snapshot that hangs turns the window from green before anybody answers", async () => {
    const shop = scriptShop(SNAPSHOTS.safe);
    served.agent = shop;
    await using opened = await openPage(browser, { choices: { language: "en" } });
    const { page } = opened;
    await page.clock.install({ time: NOW_MS });
    await page.goto(served.url);
    await settled(page, "home");
    expect(await state(page)).toBe("safe");
    served.agent = { ...shop, snapshot: () => new Promise(() => undefined) };
    await page.clock.runFor(2_000);
    await page.clock.runFor(20_000);
    expect(await state(page)).toBe("attention");
  });

  test("an item is tried again, and what stays is handed to IT under a number", async () => {
    await using opened = await open(scriptShop(SNAPSHOTS.attention), "set-aside");
    const { page } = opened;
    await page.getByRole("button", { name: "Try all again" }).click();
    await page.getByText("2 items are still set aside, 1 settled.").waitFor();
    await page.getByRole("button", { name: "Hand all to IT" }).click();
    await page.getByLabel("Note").fill("paper jam");
    await page.getByRole("dialog").getByRole("button", { name: "Hand to IT" }).click();
    await page.getByText("2611-0042").first().waitFor();
    await page.getByText("It goes to head office as soon as the line is there.").waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByText("Nothing is set aside.").waitFor();
    expect(await page.getByText("2611-0042").count()).toBe(2);
  });

  test("the support code is copied, or shown where the page may not copy", async () => {
    await using opened = await open(scriptShop(SNAPSHOTS.attention));
    const { page } = opened;
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Copy support code" }).click();
    await page.getByText("Copied.").waitFor();
    const code = await page.evaluate(() => navigator.clipboard.readText());
    expect(code).toContain("capture.set-aside");
    expect(code).toContain("terminal till-1");
    await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
    await page.getByRole("button", { name: "Copy support code" }).click();
    expect(await page.getByLabel("Copy this text").inputValue()).toBe(code);
  });

  test("the support bundle arrives as a file with the name it was given, and no name leads elsewhere", async () => {
    const shop = scriptShop(SNAPSHOTS.safe);
    await using opened = await open({ ...shop, "support-bundle": () => ({ fileName: "../../x y.zip", base64: "UEsFBgAA" }) }, "care");
    const started = opened.page.waitForEvent("download");
    await opened.page.getByRole("button", { name: "Make and save" }).click();
    const download = await started;
    expect(download.suggestedFilename()).toBe("__.._x_y.zip");
    expect((await readFile(await download.path())).toString("base64")).toBe("UEsFBgAA");
    expect(opened.faults).toEqual([]);
  });

  test("language and colours are a person's choice, kept for the next time", async () => {
    await using opened = await open(scriptShop(SNAPSHOTS.safe), "care");
    const { page } = opened;
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.getByLabel("Colours").selectOption("dark");
    await expect.poll(ground).not.toBe(light);
    await page.getByLabel("Language").selectOption("fr");
    await page.getByRole("heading", { name: "Technique" }).waitFor();
    expect(await page.getAttribute("html", "lang")).toBe("fr");
    expect(await page.evaluate(() => [localStorage.getItem("tillsync.language"), localStorage.getItem("tillsync.theme")])).toEqual([
      "fr",
      "dark",
    ]);
  });
});
