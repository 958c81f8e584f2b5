/*
 * Writes every screen of the window as docs/images/window/<screen>-<language>-<light|dark>.png: the built window in a real
 * browser, with the same shop at the same instant each time. Run with `node --conditions=tillsync-source`.
 */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { LANGUAGES } from "../language/languages.ts";
import { screens } from "../window/screens.ts";
import { builtWindow } from "./built-window.ts";
import { goToPlace, settled } from "./go-to-place.ts";
import { NOW_MS, SNAPSHOTS } from "./make-shop.ts";
import { openBrowser, openPage } from "./open-browser.ts";
import { scriptShop } from "./script-shop.ts";
import { serveWindow } from "./serve-window.ts";

const IMAGES = fileURLToPath(new URL("../../../../../docs/images/window/", import.meta.url));
const VIEWPORT = { width: 1024, height: 720 };

/** The first screen in each state, the others in a shop where there is something to do. */
const PICTURES = [
  ...(["safe", "sending", "offline", "attention", "update"] as const).map((kind) => ({ name: `home-${kind}`, place: "home", kind })),
  ...screens.filter(({ id }) => id !== "home").map(({ id }) => ({ name: id, place: id, kind: "attention" as const })),
  { name: "set-aside-item", place: "set-aside/11", kind: "attention" as const },
];

async function take(browser: Browser, folder: string, language: string, theme: string): Promise<void> {
  for (const { name, place, kind } of PICTURES) {
    await using served = await serveWindow(folder, scriptShop(SNAPSHOTS[kind]));
    await using opened = await openPage(browser, {
      nowMs: NOW_MS,
      viewport: VIEWPORT,
      reducedMotion: "reduce",
      choices: { language, theme },
    });
    await opened.page.goto(served.url);
    await settled(opened.page, "home");
    // Whoever uses a pointer sees no mark around the heading that is gone to.
    await opened.page.mouse.click(2, 2);
    await goToPlace(opened.page, place);
    await opened.page.screenshot({ path: join(IMAGES, `${name}-${language}-${theme}.png`) });
    if (opened.faults.length > 0) throw new Error(opened.faults.join("\n"));
  }
}

rmSync(IMAGES, { recursive: true, force: true });
mkdirSync(IMAGES, { recursive: true });
const browser = await openBrowser();
try {
  const folder = await builtWindow();
  for (const language of LANGUAGES) for (const theme of ["light", "dark"]) await take(browser, folder, language, theme);
} finally {
  await browser.close();
}
