import { chromium, type Browser, type BrowserContext } from "playwright-core";

/** A browser that a test has started, or one of this program's own. */
const SERVER = "TILLSYNC_STAND_IN_BROWSER";
const PROGRAM = process.env["TILLSYNC_CHROMIUM"] ?? "/usr/bin/chromium";
export const CHROMIUM_ARGS = [
  "--no-sandbox",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

let browser: Promise<Browser> | undefined;
let context: Promise<BrowserContext> | undefined;

export function openBrowser(): Promise<Browser> {
  const server = process.env[SERVER];
  browser ??= server === undefined ? chromium.launch({ executablePath: PROGRAM, args: CHROMIUM_ARGS }) : chromium.connect(server);
  return browser;
}

/** The one session's pages share what they store. `fresh` is called once, before any page. */
export function openContext(fresh: (context: BrowserContext) => Promise<void>): Promise<BrowserContext> {
  context ??= openBrowser().then(async (opened) => {
    const made = await opened.newContext({ acceptDownloads: true, locale: process.env["TILLSYNC_STAND_IN_LOCALE"] ?? "en-US" });
    await fresh(made);
    return made;
  });
  return context;
}

export async function closeBrowser(): Promise<void> {
  await (await context?.catch(() => undefined))?.close();
  await (await browser?.catch(() => undefined))?.close();
}
