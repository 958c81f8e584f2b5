/// <reference lib="dom" />
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtWindow } from "../../../apps/edge-agent/desktop/src/testing/built-window.ts";
import { writeHandOverPage } from "../../../apps/edge-agent/src/browser-window/hand-over-page.ts";
import { serveTestWindow, useLink } from "../../../apps/edge-agent/src/browser-window/testing/window-tools.ts";
import { askAgent } from "../../../apps/edge-agent/src/control/index.ts";
import { start, type Running } from "../world/programs.ts";
import { startOtherServer } from "./window-attackers.ts";

const CHROMIUM = process.env["TILLSYNC_CHROMIUM"] ?? "/usr/bin/chromium";
const hasBrowser = existsSync(CHROMIUM);
/** The browser's own guards for local addresses differ by brand and version; what is tested here is ours. */
const NO_LOCAL_GUARDS = "LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests,PrivateNetworkAccessSendPreflights,HttpsUpgrades";
/** What an attacker would have staff's window do: sales stop being read. */
const PAUSE = JSON.stringify({ forMs: 60_000, reason: "attack" });

describe.skipIf(!hasBrowser)(`the window in a real browser${hasBrowser ? "" : ` (skipped: no ${CHROMIUM})`}`, () => {
  let base: string;
  let data: string;
  let agent: Running;
  let opened: Running;
  let browser: Browser;
  /** The person's browser, with the window open. */
  let person: BrowserContext;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), "tillsync-pages-"));
    data = join(base, "data");
    mkdirSync(data, { mode: 0o700 });
    mkdirSync(join(base, "staff"), { mode: 0o750 });
    const [window] = await Promise.all([
      builtWindow(),
      start("agent", ["run", "--data", data, "--staff-door", join(base, "staff")]).then((running) => (agent = running)),
      chromium
        .launch({
          executablePath: CHROMIUM,
          args: [
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            `--disable-features=${NO_LOCAL_GUARDS}`,
            "--host-resolver-rules=MAP evil.test 127.0.0.1",
          ],
        })
        .then((launched) => (browser = launched)),
    ]);
    opened = await start("agent", ["open", "--data", join(base, "staff"), "--window", window]);
    person = await browser.newContext();
    page = await person.newPage();
    page.on("console", (message) => void (message.type() === "error" && faults.push(message.text())));
    page.on("pageerror", (error) => void faults.push(String(error)));
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([opened.stop(), agent.stop()]);
    rmSync(base, { recursive: true });
  });

  const link = (): string => String(opened.ready["link"]);
  const origin = (): string => new URL(link()).origin;
  const isPaused = async (): Promise<boolean> => (await askAgent(data, "snapshot", {}))?.pause !== null;
  /** A page of the attacker at an address, in the browser in which the window is open. */
  const attackFrom = async (address: string): Promise<Page> => {
    const attacker = await person.newPage();
    await attacker.route(address, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>x</title>" }));
    await attacker.goto(address);
    return attacker;
  };

  it("is opened by the page that hands the link over, draws, and asks the agent; neither address nor script holds the link or the cookie", async () => {
    const handedOver = writeHandOverPage(link(), base);
    const asked = page.waitForResponse((response) => response.url().endsWith("/ask/snapshot"));
    await page.goto(pathToFileURL(handedOver.path).href);
    const answer = await asked;
    expect([answer.status(), Object.keys((await answer.json()) as object)]).toEqual([200, ["result"]]);
    await page.getByRole("heading").first().waitFor();
    expect(page.url()).toMatch(new RegExp(`^${origin()}/w/[\\w-]{22}/`));
    const [cookie] = await person.cookies(page.url());
    const told = await page.evaluate(() => [
      document.cookie,
      document.documentElement.outerHTML,
      JSON.stringify(Object.entries(localStorage)),
      document.referrer,
    ]);
    expect(told[0]).toBe("");
    for (const secret of [link().split("/").at(-1) ?? "", cookie?.value ?? ""]) {
      expect(secret).toMatch(/^[\w-]{43}$/);
      expect(told.join("\n")).not.toContain(secret);
    }
    expect(await page.evaluate(() => window.opener as unknown)).toBeNull();
    expect(faults).toEqual([]);
    handedOver.remove();
  });

  it("the link opens nothing for a second browser", async () => {
    const second = await browser.newContext();
    const other = await second.newPage();
    const answer = await other.goto(link());
    expect([answer?.status(), await second.cookies()]).toEqual([410, []]);
    await second.close();
  });

  it("a name that is pointed at this machine reads nothing; where the host is not checked it reads the page", async () => {
    const open = await serveTestWindow(undefined, { hosts: () => ({ has: () => true }) });
    const read = async (url: string): Promise<{ page: number; text: string; ask: number }> => {
      const { port, pathname } = new URL(url);
      const attacker = await attackFrom(`http://evil.test:${port}/start`);
      const answers = await attacker.evaluate(
        async ({ pathname, pause }) => {
          const found = await fetch(pathname);
          const asked = await fetch(`${pathname}ask/pause`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: pause,
          });
          return { page: found.status, text: await found.text(), ask: asked.status };
        },
        { pathname, pause: PAUSE },
      );
      await attacker.close();
      return answers;
    };
    const { url } = await useLink(open);
    expect(await read(url)).toMatchObject({ page: 200, text: expect.stringContaining("the window"), ask: 403 });
    expect(await read(page.url())).toMatchObject({ page: 421, text: expect.stringContaining("intake.host-refused"), ask: 421 });
    await open.close();
    expect(await isPaused()).toBe(false);
  });

  it("a foreign page's posts - fetch, beacon, each kind of form - have no effect, though it knows the address; the window's own have", async () => {
    const target = `${page.url().replace(/#.*$/, "")}ask/pause`;
    const attacker = await attackFrom("http://evil.example/");
    await attacker.evaluate(
      async ({ target, pause }) => {
        const quietly = (promise: Promise<unknown>): Promise<unknown> => promise.catch(() => undefined);
        for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/json"]) {
          await quietly(
            fetch(target, { method: "POST", mode: "no-cors", credentials: "include", headers: { "content-type": type }, body: pause }),
          );
          await quietly(fetch(target, { method: "POST", credentials: "include", headers: { "content-type": type }, body: pause }));
        }
        navigator.sendBeacon(target, new Blob([pause], { type: "text/plain" }));
      },
      { target, pause: PAUSE },
    );
    for (const enctype of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
      const form = await attackFrom("http://evil.example/");
      const sent = form.waitForResponse((response) => response.request().method() === "POST");
      await form.evaluate(
        ({ target, pause, enctype }) => {
          document.body.innerHTML = `<form method="post" enctype="${enctype}" action="${target}"><input name='${pause.slice(0, -1)},"x":"' value='"}'></form>`;
          document.forms[0]?.submit();
        },
        { target, pause: PAUSE, enctype },
      );
      expect((await sent).status()).toBe(403);
      await form.close();
    }
    expect(await isPaused()).toBe(false);
    const ask = (method: string, body: string): Promise<number> =>
      page.evaluate(
        async ({ method, body }) =>
          (await fetch(`ask/${method}`, { method: "POST", headers: { "content-type": "application/json" }, body })).status,
        { method, body },
      );
    expect([await ask("pause", PAUSE), await isPaused()]).toEqual([200, true]);
    expect([await ask("resume", "{}"), await isPaused()]).toEqual([200, false]);
    await attacker.close();
  });

  it("a foreign page opens no socket and no stream, shows no frame, loads no script and holds no window of it", async () => {
    const attacker = await attackFrom("http://evil.example/");
    const outcome = await attacker.evaluate(async (address) => {
      const settle = (target: EventTarget, good: string): Promise<string> =>
        new Promise((resolve) => {
          target.addEventListener(good, () => resolve("open"));
          target.addEventListener("error", () => resolve("refused"));
        });
      const script = document.createElement("script");
      script.src = address;
      const loaded = settle(script, "load");
      document.body.append(script);
      return Promise.all([
        settle(new WebSocket(address.replace("http:", "ws:")), "open"),
        settle(new EventSource(`${address}ask/snapshot`, { withCredentials: true }), "open"),
        loaded,
        fetch(address, { credentials: "include" }).then(
          () => "open",
          () => "refused",
        ),
      ]);
    }, page.url());
    expect(outcome).toEqual(["refused", "refused", "refused", "refused"]);
    const other = await startOtherServer();
    const framed = async (address: string): Promise<string> => {
      await attacker.evaluate(
        (src) =>
          new Promise((resolve) => {
            const frame = document.createElement("iframe");
            frame.addEventListener("load", resolve);
            frame.src = src;
            document.body.replaceChildren(frame);
          }),
        address,
      );
      return (await attacker.frames().at(-1)?.content()) ?? "";
    };
    expect(await framed(`http://127.0.0.1:${other.port}/`)).toContain("other");
    expect(await framed(page.url())).not.toContain("Tillsync");
    const popped = person.waitForEvent("page");
    await attacker.evaluate((address) => Object.assign(globalThis, { held: window.open(address) }), page.url());
    const popup = await popped;
    await popup.waitForLoadState();
    expect(await popup.evaluate(() => window.opener as unknown)).toBeNull();
    await expect
      .poll(() => attacker.evaluate(() => (globalThis as unknown as { held: Window }).held.closed), { timeout: 10_000 })
      .toBe(true);
    await Promise.all([popup.close(), attacker.close(), other.close()]);
  });

  it("a page on another port of this machine gets no cookie of it and reads nothing; one for every path would have come along", async () => {
    const careless = await startOtherServer((response) =>
      response.setHeader("set-cookie", "careless=1; Path=/; HttpOnly; SameSite=Strict"),
    );
    const thief = await startOtherServer();
    const visitor = await person.newPage();
    await visitor.goto(`http://127.0.0.1:${careless.port}/`);
    await visitor.goto(`http://127.0.0.1:${thief.port}/`);
    const answers = await visitor.evaluate(
      async ({ target, pause }) => {
        await Promise.all(["/", "/w/", "/w/guess/", "/open/x"].map((path) => fetch(path)));
        const read = (init: RequestInit): Promise<string> =>
          fetch(target, { credentials: "include", method: "POST", body: pause, ...init }).then(
            (answer) => answer.type,
            () => "refused",
          );
        return [await read({ mode: "no-cors" }), await read({ headers: { "content-type": "application/json" } })];
      },
      { target: `${page.url().replace(/#.*$/, "")}ask/pause`, pause: PAUSE },
    );
    // What comes back for `no-cors` is closed to the page, and was refused.
    expect(answers).toEqual(["refused", "refused"]);
    expect(thief.cookies.join(";")).toContain("careless=1");
    expect(thief.cookies.join(";")).not.toContain("tillsync_window");
    expect(await isPaused()).toBe(false);
    await visitor.close();
    await Promise.all([careless.close(), thief.close()]);
  });

  it("the person's own window is served all the while", async () => {
    const status = await page.evaluate(
      async () => (await fetch("ask/snapshot", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" })).status,
    );
    expect([status, faults]).toEqual([200, []]);
  });
});
