/// <reference lib="dom" />
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LANGUAGES } from "../language/languages.ts";
import { builtWindow } from "../testing/built-window.ts";
import { findHardCoded } from "../testing/find-hard-coded.ts";
import { goToPlace, PLACES, settled } from "../testing/go-to-place.ts";
import { NOW_MS, SNAPSHOTS } from "../testing/make-shop.ts";
import { CHROMIUM, hasChromium, openBrowser, openPage, type PageOptions } from "../testing/open-browser.ts";
import { runAxe } from "../testing/run-axe.ts";
import { scriptShop } from "../testing/script-shop.ts";
import { serveWindow, type ServedWindow } from "../testing/serve-window.ts";

describe.skipIf(!hasChromium)(`the window for everyone${hasChromium ? "" : ` (skipped: no ${CHROMIUM})`}`, () => {
  let browser: Browser;
  let served: ServedWindow;
  beforeAll(async () => {
    served = await serveWindow(await builtWindow(), scriptShop(SNAPSHOTS.attention));
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await served?.[Symbol.asyncDispose]();
  });

  const open = async (options: PageOptions = {}, place = "home") => {
    served.agent = scriptShop(SNAPSHOTS.attention);
    const opened = await openPage(browser, { nowMs: NOW_MS, viewport: { width: 1024, height: 720 }, ...options });
    await opened.page.goto(`${served.url}#/${place}`);
    await settled(opened.page, place);
    return opened;
  };

  test.each(LANGUAGES.flatMap((language) => (["light", "dark"] as const).map((theme) => [language, theme] as const)))(
    "axe finds nothing on any screen in %s, %s",
    async (language, theme) => {
      await using opened = await open({ choices: { language, theme } });
      expect(await opened.page.getAttribute("html", "lang")).toBe(language);
      for (const place of PLACES) {
        await goToPlace(opened.page, place);
        expect(await runAxe(opened.page), place).toEqual([]);
      }
      expect(opened.faults).toEqual([]);
    },
  );

  test("axe finds what is wrong, where something is", async () => {
    await using opened = await open();
    await opened.page.evaluate(() => document.querySelector("main")?.append(document.createElement("button")));
    expect(await runAxe(opened.page)).toEqual([expect.stringContaining("button-name")]);
  });

  test.each(["safe", "sending", "offline", "attention", "update"] as const)(
    "the state %s has a shape of its own, also in forced colours and high contrast",
    async (kind) => {
      await using opened = await openPage(browser, {
        nowMs: NOW_MS,
        forcedColors: "active",
        contrast: "more",
        choices: { language: "en" },
      });
      const { page } = opened;
      served.agent = scriptShop(SNAPSHOTS[kind]);
      await page.goto(served.url);
      await settled(page, "home");
      expect(await page.getAttribute(".state", "data-state")).toBe(kind);
      const shapes = await page.locator(".state path").evaluateAll((paths) => paths.map((path) => path.getAttribute("d")));
      expect(shapesSeen.has(String(shapes))).toBe(false);
      shapesSeen.add(String(shapes));
      const drawn = await page
        .locator(".state .glyph")
        .evaluate((glyph) => [getComputedStyle(glyph).color, getComputedStyle(document.body).backgroundColor]);
      expect(drawn[0]).not.toBe(drawn[1]);
      expect(await runAxe(page)).toEqual([]);
    },
  );
  const shapesSeen = new Set<string>();

  test.each([
    ["1024 px wide", { width: 1024, height: 720 }, "100%"],
    ["1280x1024 at 200 %", { width: 640, height: 512 }, "100%"],
    ["320 px wide", { width: 320, height: 640 }, "100%"],
    ["texts alone at 200 %", { width: 1280, height: 1024 }, "200%"],
  ] as const)("nobody scrolls sideways: %s", async (_name, viewport, fontSize) => {
    await using opened = await open({ viewport, choices: { language: "en-XA" } });
    await opened.page.evaluate((size) => document.documentElement.style.setProperty("font-size", size), fontSize);
    for (const place of PLACES) {
      await goToPlace(opened.page, place);
      expect(await tooWide(opened.page), place).toEqual([]);
    }
  });

  test("every text is in a catalogue", async () => {
    await using opened = await open({ choices: { language: "en-XA" } });
    for (const place of PLACES) {
      await goToPlace(opened.page, place);
      expect(await findHardCoded(opened.page, served.agent), place).toEqual([]);
    }
    await opened.page.evaluate(() => document.querySelector("main")?.append("Press here"));
    expect(await findHardCoded(opened.page, served.agent)).toEqual(["Press here"]);
  });

  test("the keyboard alone reaches everything, sees where it is, and is never held", async () => {
    await using opened = await open({ choices: { language: "en" } });
    const { page } = opened;
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("Skip to content");
    await page.keyboard.press("Enter");
    expect(await focused(page)).toBe("Today");
    for (const place of PLACES) {
      await goToPlace(page, place);
      expect(await unreached(page), place).toEqual([]);
    }
  });

  test("a dialog is opened, used and left by the keyboard, and the focus comes back", async () => {
    await using opened = await open({ choices: { language: "en" } }, "set-aside");
    const { page } = opened;
    await page.getByRole("link", { name: "No. 11" }).focus();
    await page.keyboard.press("Enter");
    await settled(page, "set-aside");
    expect(await focused(page)).toBe("Set aside");
    await tabTo(page, "Hand to IT");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await focused(page)).toBe("Hand to IT");
    await page.keyboard.press("Enter");
    await tabTo(page, "Note");
    await page.keyboard.type("torn paper");
    await tabTo(page, "Hand to IT");
    await page.keyboard.press("Enter");
    await page.getByText("2611-0042", { exact: true }).first().waitFor();
    expect(await runAxe(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByText("2611-0042").waitFor();
  });

  test("a finger finds targets of 44 px, pauses and goes on; a pointer finds 24 px", async () => {
    await using touch = await open(
      { hasTouch: true, isMobile: true, viewport: { width: 800, height: 1000 }, choices: { language: "en" } },
      "care",
    );
    await using pointer = await open({ choices: { language: "en" } });
    for (const place of PLACES) {
      await goToPlace(touch.page, place);
      expect(await smallTargets(touch.page, 44), place).toEqual([]);
      await goToPlace(pointer.page, place);
      expect(await smallTargets(pointer.page, 24), place).toEqual([]);
    }
    const { page } = touch;
    await goToPlace(page, "care");
    await page.getByRole("button", { name: "Pause reading" }).tap();
    await page.getByText("Say why, in a few words.").waitFor();
    await page.getByLabel("Reason").fill("new printer");
    await page.getByRole("button", { name: "Pause reading" }).tap();
    await page.getByRole("button", { name: "Read again now" }).tap();
    await page.getByRole("button", { name: "Pause reading" }).waitFor();
  });
});

/** What reaches past the right edge. */
const tooWide = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return [];
    return [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > wide + 1)
      .map((element) => `${element.tagName}.${element.className}: ${(element.textContent ?? "").slice(0, 40)}`);
  });

const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const active = document.activeElement;
    const label = active instanceof HTMLTextAreaElement || active instanceof HTMLInputElement ? active.labels?.[0]?.textContent : null;
    return label ?? active?.textContent ?? "";
  });

async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    if ((await focused(page)) === name) return;
  }
  throw new Error(`Tab does not reach "${name}"`);
}

/** Everything that can be pressed or filled in, and that Tab does not reach with a visible mark within one round. */
async function unreached(page: Page): Promise<string[]> {
  const wanted = await page.evaluate(() => {
    const all = [...document.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, [tabindex='0']")];
    for (const [at, element] of all.entries()) element.dataset["walk"] = String(at);
    document.querySelector<HTMLElement>("h1")?.focus();
    return all.map((element) => `${element.tagName} ${element.textContent}`);
  });
  const reached = new Set<number>();
  for (let presses = 0; presses < wanted.length + 5; presses += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const active = document.activeElement;
      if (!(active instanceof HTMLElement) || active.dataset["walk"] === undefined) return undefined;
      const { outlineStyle, outlineWidth } = getComputedStyle(active);
      const { top, bottom } = active.getBoundingClientRect();
      const isSeen = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2 && bottom > 0 && top < innerHeight;
      return isSeen ? Number(active.dataset["walk"]) : undefined;
    });
    if (at !== undefined) reached.add(at);
  }
  return wanted.filter((_, at) => !reached.has(at));
}

const smallTargets = (page: Page, px: number): Promise<string[]> =>
  page.evaluate((px) => {
    const targets = [...document.querySelectorAll<HTMLElement>("a[href], button:not(.skip), input, select, textarea")];
    return targets
      .filter((target) => {
        const { width, height } = target.getBoundingClientRect();
        return width < px - 0.5 || height < px - 0.5;
      })
      .map(
        (target) =>
          `${target.tagName} ${target.textContent}: ${target.getBoundingClientRect().width} x ${target.getBoundingClientRect().height}`,
      );
  }, px);
