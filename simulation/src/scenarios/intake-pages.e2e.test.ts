/// <reference lib="dom" />
import { existsSync } from "node:fs";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runJson, type Running } from "../world/programs.ts";
import { makeIntakeTerminal, postedSale, type IntakeTerminal } from "./intake-agent.ts";
import { SECRET, startOpenServer, type OpenServer } from "./intake-open-server.ts";

const CHROMIUM = process.env["TILLSYNC_CHROMIUM"] ?? "/usr/bin/chromium";
const hasBrowser = existsSync(CHROMIUM);

/** The browser's own guards for local addresses differ by brand and version; what is tested here is ours. */
const NO_LOCAL_GUARDS = "LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests,PrivateNetworkAccessSendPreflights,HttpsUpgrades";

describe.skipIf(!hasBrowser)(`pages in a real browser${hasBrowser ? "" : ` (skipped: no ${CHROMIUM})`}`, () => {
  let terminal: IntakeTerminal;
  let agent: Running;
  let open: OpenServer;
  let browser: Browser;
  beforeAll(async () => {
    terminal = await makeIntakeTerminal();
    [agent, open, browser] = await Promise.all([
      terminal.start(),
      startOpenServer(),
      chromium.launch({
        executablePath: CHROMIUM,
        args: ["--no-sandbox", `--disable-features=${NO_LOCAL_GUARDS}`, "--host-resolver-rules=MAP evil.test 127.0.0.1"],
      }),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([agent.stop(), open.close()]);
    terminal.remove();
  });

  /** A page of the attacker at an address, whose further requests go where its name now points. */
  const attackFrom = async (address: string): Promise<Page> => {
    const page = await browser.newPage();
    await page.route(address, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>x</title>" }));
    await page.goto(address);
    return page;
  };
  const captured = async (): Promise<number> => {
    const status = await runJson<{ captured: { transactions: number } }>("agent", ["status", "--data", terminal.data]);
    return status.captured.transactions;
  };

  it("a name that is pointed at this machine reads nothing and posts nothing, token or not; an open server tells it all", async () => {
    const read = async (port: number): Promise<{ status: number; text: string }[]> => {
      const page = await attackFrom(`http://evil.test:${port}/`);
      const answers = await page.evaluate(
        async ({ token, sale }) => {
          const headers = { authorization: `Bearer ${token}` };
          const asked = [
            fetch("/v1/status"),
            fetch("/v1/status", { headers }),
            fetch("/v1/transactions", { method: "POST", headers: { ...headers, "content-type": "application/json" }, body: sale }),
          ];
          return Promise.all((await Promise.all(asked)).map(async (answer) => ({ status: answer.status, text: await answer.text() })));
        },
        { token: terminal.token, sale: JSON.stringify(postedSale(1, 1)) },
      );
      await page.close();
      return answers;
    };
    expect((await read(open.port)).every(({ status, text }) => status === 200 && text.includes(SECRET))).toBe(true);
    for (const { status, text } of await read(terminal.port)) {
      expect(status).toBe(421);
      expect(JSON.parse(text).error.code).toBe("intake.host-refused");
    }
    expect(await captured()).toBe(0);
  });

  it("a foreign page's simple posts - fetch, beacon, each kind of form - have no effect; at an open server each arrives", async () => {
    const sale = JSON.stringify(postedSale(1, 2));
    const attack = async (port: number): Promise<void> => {
      const page = await attackFrom("http://evil.example/");
      await page.evaluate(
        async ({ url, sale }) => {
          await fetch(url, { method: "POST", mode: "no-cors", headers: { "content-type": "text/plain" }, body: sale }).catch(
            () => undefined,
          );
          navigator.sendBeacon(url, sale);
        },
        { url: `http://127.0.0.1:${port}/v1/transactions`, sale },
      );
      for (const enctype of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
        const from = await attackFrom("http://evil.example/");
        const form = `<form method="post" enctype="${enctype}" action="http://127.0.0.1:${port}/v1/transactions"><input name='${sale.slice(0, -1)},"x":"' value='"}'></form>`;
        const sent = from.waitForResponse((response) => response.request().method() === "POST");
        await from.evaluate((html) => {
          document.body.innerHTML = html;
          document.forms[0]?.submit();
        }, form);
        await sent;
        await from.close();
      }
      await page.close();
    };
    const before = open.posted.length;
    await attack(open.port);
    expect(open.posted.slice(before).filter((body) => /sequence(":"|%22%3A%22|%22:%22)2/.test(body))).toHaveLength(5);
    await attack(terminal.port);
    expect(await captured()).toBe(0);
  });

  it("a foreign page reads nothing: no fetch with or without the token, no script, no image, no frame, no stream", async () => {
    const attack = async (port: number): Promise<unknown> => {
      const page = await attackFrom("http://evil.example/");
      const outcome = await page.evaluate(
        async ({ url, token }) => {
          const failed = (promise: Promise<unknown>): Promise<string> =>
            promise.then(
              () => "read",
              () => "refused",
            );
          const loads = (tag: "img" | "script"): Promise<string> =>
            new Promise((resolve) => {
              const element = document.createElement(tag);
              element.addEventListener("load", () => resolve("loaded"));
              element.addEventListener("error", () => resolve("refused"));
              element.src = url;
              document.body.append(element);
            });
          const opaque = await fetch(url, { mode: "no-cors" }).catch(() => undefined);
          return [
            await failed(fetch(url)),
            await failed(fetch(url, { headers: { authorization: `Bearer ${token}` } })),
            opaque === undefined ? "" : await opaque.text(),
            await loads("img"),
            await loads("script"),
            await new Promise<string>((resolve) => {
              const stream = new EventSource(url);
              stream.addEventListener("open", () => resolve("loaded"));
              stream.addEventListener("error", () => resolve("refused"));
            }),
          ];
        },
        { url: `http://127.0.0.1:${port}/v1/status`, token: terminal.token },
      );
      await page.close();
      return outcome;
    };
    const framed = async (port: number): Promise<string> => {
      const page = await attackFrom("http://evil.example/");
      await page.evaluate(
        (url) =>
          new Promise((resolve) => {
            const frame = document.createElement("iframe");
            frame.addEventListener("load", resolve);
            frame.src = url;
            document.body.append(frame);
          }),
        `http://127.0.0.1:${port}/v1/status`,
      );
      const content = (await page.frames().at(-1)?.content()) ?? "";
      await page.close();
      return content;
    };
    expect(await attack(terminal.port)).toEqual(["refused", "refused", "", "refused", "refused", "refused"]);
    expect(await framed(open.port)).toContain(SECRET);
    expect(await framed(terminal.port)).not.toContain("intake");
  });

  it("a foreign page opens no WebSocket; at an open server it does", async () => {
    const attack = async (port: number): Promise<string> => {
      const page = await attackFrom("http://evil.example/");
      const outcome = await page.evaluate(
        (url) =>
          new Promise<string>((resolve) => {
            const socket = new WebSocket(url);
            socket.addEventListener("open", () => resolve("open"));
            socket.addEventListener("error", () => resolve("refused"));
          }),
        `ws://127.0.0.1:${port}/v1/status`,
      );
      await page.close();
      return outcome;
    };
    expect(await attack(open.port)).toBe("open");
    expect(await attack(terminal.port)).toBe("refused");
  });

  it("the till itself is served meanwhile", async () => {
    const answer = await fetch(`http://127.0.0.1:${terminal.port}/v1/transactions`, {
      method: "POST",
      headers: { authorization: `Bearer ${terminal.token}`, "content-type": "application/json" },
      body: JSON.stringify(postedSale(1, 3)),
    });
    expect([answer.status, ((await answer.json()) as { allCaptured: boolean }).allCaptured]).toEqual([200, true]);
    expect(await captured()).toBe(1);
  });
});
