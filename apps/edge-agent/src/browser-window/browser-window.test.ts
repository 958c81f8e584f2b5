import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { TillsyncError } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bridgeAnswerSchema } from "../window-api/methods.ts";
import { writeHandOverPage } from "./hand-over-page.ts";
import { BODY_BYTES_MAX, FILES_MAX, IDLE_MS, LINK_LASTS_MS, LOOK_MS, REQUESTS_MAX } from "./limits.ts";
import { findWindowFolder, loadWindowFiles } from "./load-window-files.ts";
import { browserCommand, startBrowser } from "./start-browser.ts";
import { send, sendRaw, serveTestWindow, useLink, type Answered, type TestWindow } from "./testing/window-tools.ts";

let window: TestWindow;
afterEach(() => window.close());

const JSON_TYPE = { "content-type": "application/json" };
const codeOf = (answer: Answered): unknown => (bridgeAnswerSchema.parse(JSON.parse(answer.body)) as { error: { code: string } }).error.code;

describe("the link", () => {
  it("works once, sets a cookie that no script and no other site gets, and leads to a page without a token", async () => {
    window = await serveTestWindow();
    const token = window.link.split("/").at(-1) ?? "";
    expect(token).toMatch(/^[\w-]{43}$/);
    const first = await send(window.link);
    expect(first.status).toBe(303);
    const { location = "", "set-cookie": [cookie = ""] = [] } = first.headers;
    expect(location).toMatch(/^\/w\/[\w-]{22}\/$/);
    expect(cookie).toMatch(/^tillsync_window=[\w-]{43}; Path=\/w\/[\w-]{22}\/; HttpOnly; SameSite=Strict$/);
    expect(cookie).toContain(`Path=${location};`);
    const page = await send(window.origin + location);
    expect(page.body).toContain("the window");
    for (const secret of [token, cookie.slice(16, 59)]) expect(location + page.body + JSON.stringify(page.headers)).not.toContain(secret);
    const second = await send(window.link);
    expect([second.status, second.headers["set-cookie"], second.body]).toEqual([
      410,
      undefined,
      expect.stringContaining("window.link-spent"),
    ]);
  });

  it("a guessed token gets nothing, and the right one still works then", async () => {
    window = await serveTestWindow();
    for (const token of ["x", "", "x".repeat(43), `${window.link.split("/").at(-1)}x`]) {
      const answer = await send(`${window.origin}/open/${token}`);
      expect([410, 404]).toContain(answer.status);
      expect(answer.headers["set-cookie"]).toBeUndefined();
    }
    expect((await send(window.link)).status).toBe(303);
  });

  it("works until its last moment and not after it; then the server ends", async () => {
    window = await serveTestWindow();
    window.pass(LINK_LASTS_MS);
    expect((await send(window.link)).status).toBe(303);
    await window.close();
    window = await serveTestWindow();
    window.pass(LINK_LASTS_MS + 1);
    expect(await window.ended).toBe("unused");
    await expect(send(window.link)).rejects.toThrow("ECONNREFUSED");
  });

  it("is not used up by a browser that looks ahead", async () => {
    window = await serveTestWindow();
    expect((await send(window.link, { headers: { "sec-purpose": "prefetch;prerender" } })).status).toBe(403);
    expect((await send(window.link)).status).toBe(303);
  });
});

describe("the session", () => {
  it("ends when nobody has asked for a while, and lasts as long as somebody does", async () => {
    window = await serveTestWindow();
    const { cookie, url } = await useLink(window);
    const ask = (): Promise<Answered> =>
      send(`${url}ask/snapshot`, { method: "POST", headers: { ...JSON_TYPE, cookie, origin: window.origin }, body: "{}" });
    for (let i = 0; i < 3; i += 1) {
      window.pass(IDLE_MS - LOOK_MS);
      expect((await ask()).status).toBe(200);
    }
    window.pass(IDLE_MS + 1);
    window.pass(LOOK_MS);
    expect(await window.ended).toBe("idle");
  });

  it("is known by its cookie alone, among others of the same name", async () => {
    window = await serveTestWindow();
    const { cookie, url } = await useLink(window);
    const ask = (cookies: string | undefined): Promise<Answered> =>
      send(`${url}ask/snapshot`, {
        method: "POST",
        headers: { ...JSON_TYPE, origin: window.origin, ...(cookies === undefined ? {} : { cookie: cookies }) },
        body: "{}",
      });
    for (const wrong of [undefined, "", "tillsync_window=", `${cookie}x`, cookie.replace("tillsync_window", "other")]) {
      const answer = await ask(wrong);
      expect([answer.status, codeOf(answer)]).toEqual([401, "window.session-ended"]);
    }
    expect(JSON.parse((await ask(`tillsync_window=planted; ${cookie}`)).body)).toEqual({ result: { secret: "takings" } });
    expect(window.asked).toEqual(["snapshot"]);
  });
});

describe("a question", () => {
  let cookie: string;
  let url: string;
  const post = (path: string, headers: Record<string, string | string[]> = {}, body: string | Buffer = "{}"): Promise<Answered> =>
    send(url + path, { method: "POST", headers: { ...JSON_TYPE, cookie, origin: window.origin, ...headers }, body });
  const start = async (...args: Parameters<typeof serveTestWindow>): Promise<void> => {
    window = await serveTestWindow(...args);
    ({ cookie, url } = await useLink(window));
  };

  it("is refused where it does not come from the window's own page", async () => {
    await start();
    const { origin } = new URL(url);
    for (const [headers, status, code] of [
      [{ host: "evil.test" }, 421, "intake.host-refused"],
      [{ host: `localhost:${window.port}` }, 421, "intake.host-refused"],
      [{ host: "127.0.0.1" }, 421, "intake.host-refused"],
      [{ origin: "http://evil.test" }, 403, "window.origin-refused"],
      [{ origin: "null" }, 403, "window.origin-refused"],
      [{ origin: `http://127.0.0.1:${window.port + 1}` }, 403, "window.origin-refused"],
      [{ origin: [origin, origin] }, 403, "window.origin-refused"],
      [{ "sec-fetch-site": "same-site" }, 403, "window.origin-refused"],
      [{ "sec-fetch-site": "cross-site" }, 403, "window.origin-refused"],
      [{ upgrade: "websocket", connection: "upgrade" }, 403, "window.origin-refused"],
      [{ "content-type": "text/plain" }, 415, "wire.media-type"],
      [{ "content-type": "application/x-www-form-urlencoded" }, 415, "wire.media-type"],
      [{ "content-type": "multipart/form-data; boundary=x" }, 415, "wire.media-type"],
      [{ "content-encoding": "gzip" }, 415, "wire.media-type"],
    ] as const) {
      const answer = await post("ask/snapshot", headers as Record<string, string>);
      expect([headers, answer.status, codeOf(answer)]).toEqual([headers, status, code]);
    }
    expect(
      await sendRaw(
        window.port,
        `POST ${new URL(url).pathname}ask/snapshot HTTP/1.1\r\nhost: 127.0.0.1:${window.port}\r\nconnection: close\r\ncookie: ${cookie}\r\n${JSON_TYPE["content-type"]}: x\r\ncontent-length: 0\r\n\r\n`,
      ),
    ).not.toContain("200 OK");
    expect(window.asked).toEqual([]);
  });

  it("is refused where it has not the right shape, and reaches the agent otherwise", async () => {
    await start();
    for (const [path, body] of [
      ["ask/status", "{}"],
      ["ask/constructor", "{}"],
      ["ask/snapshot", "["],
      ["ask/snapshot", `{"path":"/etc/shadow"}`],
      ["ask/snapshot", `{"__proto__":{"x":1}}`],
      ["ask/set-aside-show", `{"id":"1"}`],
    ] as const) {
      const answer = await post(path, {}, body);
      expect([path, answer.status, codeOf(answer)]).toEqual([path, 400, "wire.malformed"]);
    }
    const deep = `{"collection":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    expect((await post("ask/reference-pull", {}, deep)).status).toBe(400);
    const room = BODY_BYTES_MAX - 2;
    expect((await post("ask/snapshot", {}, `{${" ".repeat(room)}}`)).status).toBe(200);
    expect((await post("ask/snapshot", {}, `{${" ".repeat(room + 1)}}`)).status).toBe(413);
    expect((await send(`${url}ask/snapshot`, { headers: { cookie } })).status).toBe(404);
    expect(window.asked).toEqual(["snapshot"]);
  });

  it("brings the agent's own errors, and tells when none runs", async () => {
    await start(async (method) => {
      if (method === "set-aside-show") throw new TillsyncError("usage.invalid", "no item 7");
      return undefined;
    });
    expect(JSON.parse((await post("ask/set-aside-show", {}, `{"id":7}`)).body)).toEqual({
      error: { code: "usage.invalid", detail: "no item 7" },
    });
    expect(JSON.parse((await post("ask/snapshot")).body)).toEqual({ error: { code: "wire.unreachable" } });
  });

  it("more at once than there is room for are told to wait; who leaves frees his place and the agent's", async () => {
    let left = 0;
    const release = Promise.withResolvers<object>();
    await start((_method, _request, signal) => {
      signal.addEventListener("abort", () => (left += 1));
      return release.promise;
    });
    const gone = new AbortController();
    const waiting = Array.from({ length: REQUESTS_MAX }, (_, i) =>
      fetch(`${url}ask/snapshot`, {
        method: "POST",
        headers: { ...JSON_TYPE, cookie, origin: window.origin },
        body: "{}",
        ...(i === 0 ? { signal: gone.signal } : {}),
      }).catch(() => undefined),
    );
    await expect.poll(() => window.asked.length, { timeout: 10_000 }).toBe(REQUESTS_MAX);
    expect(codeOf(await post("ask/snapshot"))).toBe("door.busy");
    gone.abort();
    await expect.poll(() => left, { timeout: 10_000 }).toBe(1);
    const next = post("ask/snapshot");
    await expect.poll(() => window.asked.length, { timeout: 10_000 }).toBe(REQUESTS_MAX + 1);
    release.resolve({});
    expect((await next).status).toBe(200);
    await Promise.all(waiting);
  });
});

describe("the window's files", () => {
  it("are served with the window's policy, and nothing else is: no path reaches the disk", async () => {
    window = await serveTestWindow();
    const { url } = await useLink(window);
    const page = await send(url);
    expect(page.headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": expect.stringContaining("require-trusted-types-for 'script'"),
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-store",
    });
    expect(page.headers["access-control-allow-origin"]).toBeUndefined();
    expect((await send(`${url}main.js`)).headers["content-type"]).toContain("javascript");
    const { pathname } = new URL(url);
    for (const path of [
      "/",
      "/index.html",
      "/w/",
      "/w/aaaaaaaaaaaaaaaaaaaaaa/",
      `${pathname}..`,
      `${pathname}../../../../etc/passwd`,
      `${pathname}%2e%2e/%2e%2e/etc/passwd`,
      `${pathname}..%2f..%2fetc%2fpasswd`,
      `${pathname}main.js%00.html`,
      `${pathname}constructor`,
      `${pathname}__proto__`,
    ]) {
      const answer = await sendRaw(window.port, `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${window.port}\r\nconnection: close\r\n\r\n`);
      expect([path, /^HTTP\/1.1 (\d+)/.exec(answer)?.[1]]).toEqual([path, "404"]);
    }
    for (const headers of [
      { "sec-fetch-site": "cross-site", "sec-fetch-dest": "iframe" },
      { "sec-fetch-site": "same-site", "sec-fetch-dest": "script" },
    ])
      expect((await send(url, { headers })).status).toBe(403);
  });

  describe("on disk", () => {
    let dir: string;
    beforeEach(async () => {
      window = await serveTestWindow();
      dir = mkdtempSync(join(tmpdir(), "tillsync-files-"));
    });
    afterEach(() => rmSync(dir, { recursive: true }));

    it("are found beside the bundle; where there are none, the next step is told", () => {
      const bundle = pathToFileURL(join(dir, "dist", "main.mjs")).href;
      expect(() => findWindowFolder(bundle)).toThrow(expect.objectContaining({ code: "window.not-built" }));
      mkdirSync(join(dir, "window"));
      writeFileSync(join(dir, "window", "index.html"), "x");
      expect(findWindowFolder(bundle)).toBe(`${join(dir, "window")}/`);
    });

    it("are the kinds that a window has; links are not followed, and their number has a bound", () => {
      mkdirSync(join(dir, "assets"));
      for (const name of ["index.html", "assets/a.js", "assets/a.js.map", "notes.txt"]) writeFileSync(join(dir, name), "x");
      symlinkSync("/etc/passwd", join(dir, "passwd.html"));
      expect([...loadWindowFiles(dir).keys()].toSorted()).toEqual(["assets/a.js", "index.html"]);
      for (let i = 0; i < FILES_MAX - 2; i += 1) writeFileSync(join(dir, `${i}.js`), "");
      expect(loadWindowFiles(dir).size).toBe(FILES_MAX);
      writeFileSync(join(dir, "more.js"), "");
      expect(() => loadWindowFiles(dir)).toThrow(expect.objectContaining({ code: "window.not-built" }));
    });

    it.skipIf(process.platform === "win32")("the page that hands the link over is for this person alone, and goes", () => {
      const page = writeHandOverPage("http://127.0.0.1:1/open/x", dir);
      expect((statSync(page.path).mode & 0o777).toString(8)).toBe("600");
      expect((statSync(dirname(page.path)).mode & 0o777).toString(8)).toBe("700");
      page.remove();
      expect(readdirSync(dir)).toEqual([]);
    });

    it("a browser is started without a shell, with the link in no argument that others can read", async () => {
      expect(browserCommand("/run/user/1/w.html", "linux")).toEqual({ program: "xdg-open", args: ["/run/user/1/w.html"] });
      expect(browserCommand("http://127.0.0.1:1/open/x", "win32").program).toBe("rundll32.exe");
      const seen: string[] = [];
      const note = (target: string): { program: string; args: string[] } => {
        seen.push(target);
        return { program: process.execPath, args: ["-e", "process.exit(Number(process.argv[1].endsWith('.html') ? 0 : 1))", target] };
      };
      const browser = await startBrowser("http://127.0.0.1:1/open/x", note, "linux");
      browser.remove();
      expect(seen).toEqual([expect.stringMatching(/window\.html$/)]);
      for (const program of ["/no/such/program", "/bin/false"])
        await expect(startBrowser("http://127.0.0.1:1/open/x", () => ({ program, args: [] }), "linux")).rejects.toMatchObject({
          code: "window.no-browser",
        });
    });
  });
});
