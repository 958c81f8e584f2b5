import type { Page } from "playwright-core";
import { screens } from "../window/screens.ts";

/** Every screen, and what lies behind one of its rows, as addresses after `#/`. */
export const PLACES: readonly string[] = [...screens.map(({ id }) => id), "set-aside/11", "set-aside/12", "set-aside/-3"];

/** Goes there as a link would, and waits until the answers are drawn. */
export async function goToPlace(page: Page, place: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/${place}`);
  await settled(page, place.split("/")[0] ?? "");
}

/** Until the screen `screen` is the one that is drawn, and nothing of it is waited for. */
export async function settled(page: Page, screen: string): Promise<void> {
  await page.waitForFunction((screen) => {
    const main = document.querySelector("main");
    const current = document.querySelector("nav [aria-current='page']")?.getAttribute("href");
    return current === `#/${screen}` && (main?.children.length ?? 0) > 1 && document.querySelector("main .loading") === null;
  }, screen);
  await page.waitForFunction(() => document.querySelector("[data-state]:not([data-state='asking'])") !== null);
}
