import { existsSync } from "node:fs";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";

export const CHROMIUM = process.env["TILLSYNC_CHROMIUM"] ?? "/usr/bin/chromium";
export const hasChromium = existsSync(CHROMIUM);

/** A page on this machine answers in less, also when other tests run beside it. */
const WAIT_MS = 10_000;

/** A browser that speaks to this machine alone. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
      "--enable-precise-memory-info",
    ],
  });

export interface PageOptions extends BrowserContextOptions {
  /** What a person chose before, by name without its prefix. */
  readonly choices?: Readonly<Record<string, string>>;
  /** What the page takes for now; timers go on. */
  readonly nowMs?: number;
}

export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** What went wrong in the page: errors that nobody caught, and what the policy stopped. */
  readonly faults: string[];
}

/** A page of its own, with what went wrong in it. */
export async function openPage(browser: Browser, { choices = {}, nowMs, ...options }: PageOptions = {}): Promise<OpenPage> {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Berlin", ...options });
  await context.addInitScript((kept) => {
    for (const [name, value] of Object.entries(kept)) localStorage.setItem(`tillsync.${name}`, value);
  }, choices);
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  if (nowMs !== undefined) await page.clock.setFixedTime(nowMs);
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
  });
  return { page, faults, [Symbol.asyncDispose]: () => context.close() };
}
