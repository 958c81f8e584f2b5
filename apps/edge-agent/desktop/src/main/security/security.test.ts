import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CONTENT_SECURITY_POLICY } from "@tillsync/edge-agent/window-api";
import { afterAll, beforeAll, expect, it } from "vitest";
import { mayHave } from "./permissions.ts";
import { serveWindow } from "./serve-window.ts";
import { isOwnBlob, isOwnResource, isWindowUrl } from "./window-origin.ts";

let base: string;
let answer: (request: Request) => Promise<Response>;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "tillsync-window-"));
  mkdirSync(join(base, "window", "assets"), { recursive: true });
  writeFileSync(join(base, "window", "index.html"), "<!doctype html>");
  writeFileSync(join(base, "window", "assets", "a.js"), "1");
  writeFileSync(join(base, "window", "notes.txt"), "not for pages");
  writeFileSync(join(base, "secret.js"), "secret");
  symlinkSync(join(base, "secret.js"), join(base, "window", "link.js"));
  answer = serveWindow(join(base, "window"));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const get = (path: string, init?: RequestInit): Promise<Response> => answer(new Request(`tillsync://window/${path}`, init));

it("serves the build's files with their types and the policy", async () => {
  const page = await get("index.html?x=1#y");
  expect([page.status, page.headers.get("content-type"), await page.text()]).toEqual([200, "text/html; charset=utf-8", "<!doctype html>"]);
  expect((await get("assets/a.js")).headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  expect(await (await get("index.html", { method: "HEAD" })).text()).toBe("");
});

it("serves nothing else: no way out of the folder, no link, no unknown type, no other origin, no writing; all under the policy", async () => {
  const ways = [
    "",
    "assets",
    "assets/",
    "../secret.js",
    "%2e%2e/secret.js",
    "..%2fsecret.js",
    "..%5csecret.js",
    "assets/../../secret.js",
    "/etc/passwd",
  ];
  const answers = await Promise.all(
    [...ways, "link.js", "notes.txt", "no-such.js", "index.html%00.js", "INDEX.html"].map((path) => get(path)),
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
  const others = [await get("index.html", { method: "POST" }), await answer(new Request("tillsync://other/index.html"))];
  expect(others.map(({ status }) => status)).toEqual([405, 404]);
  for (const one of [...answers, ...others]) {
    expect(one.headers.get("content-security-policy")).toBe(CONTENT_SECURITY_POLICY);
    expect(one.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await one.text()).toBe("");
  }
});

it("a folder that is not there has no page, and the program runs on", async () => {
  expect((await serveWindow(join(base, "no-such"))(new Request("tillsync://window/index.html"))).status).toBe(404);
});

it("knows its own addresses from those that look like them", () => {
  expect(["tillsync://window/", "tillsync://window/index.html#/x"].every(isWindowUrl)).toBe(true);
  for (const url of [
    "tillsync://window.evil.example/",
    "tillsync://evil@window/",
    "tillsync:window",
    "https://window/",
    "javascript:1",
    "x",
  ])
    expect([url, isWindowUrl(url)]).toEqual([url, false]);
  expect([isOwnBlob("blob:tillsync://window/1"), isOwnBlob("blob:tillsync://windows/1"), isOwnBlob("blob:https://x/1")]).toEqual([
    true,
    false,
    false,
  ]);
  expect(["https://x/", "http://127.0.0.1/", "file:///etc/passwd", "ws://x/", "blob:https://x/1"].some(isOwnResource)).toBe(false);
});

it("permits one thing to one origin", () => {
  expect(mayHave("clipboard-sanitized-write", "tillsync://window/index.html")).toBe(true);
  expect(mayHave("clipboard-sanitized-write", "https://evil.example/")).toBe(false);
  expect(mayHave("clipboard-read", "tillsync://window/index.html")).toBe(false);
});
