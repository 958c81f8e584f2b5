import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FastifyInstance } from "fastify";
import { emptyView } from "../view.ts";
import { buildPage } from "./serve-page.ts";

const LOCAL = { host: "127.0.0.1:4000" };
let page: FastifyInstance;
let opened: number[];
const view = { ...emptyView(), headline: "<b>bold</b>" };
beforeEach(() => {
  opened = [];
  page = buildPage(
    () => view,
    (till) => (till === 1 ? (opened.push(till), Promise.resolve("http://127.0.0.1:5000/open/x")) : undefined),
  );
});
afterEach(() => page.close());

describe("the live page", () => {
  it("is one page with its own style and script, and nothing from elsewhere", async () => {
    for (const [url, type] of [
      ["/", "text/html"],
      ["/page.css", "text/css"],
      ["/page.js", "text/javascript"],
    ] as const) {
      const response = await page.inject({ url, headers: LOCAL });
      expect(response.statusCode).toBe(200);
      expect(response.headers["content-type"]).toContain(type);
      expect(response.headers["content-security-policy"]).toContain("default-src 'none'");
      expect(response.body.replace("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:\/\//);
    }
  });

  it("gives the view as data", async () => {
    const response = await page.inject({ url: "/view", headers: LOCAL });
    expect(response.json()).toEqual(view);
    expect(response.headers["content-type"]).toContain("application/json");
  });

  it("puts text in as text: the script has no way to write markup", async () => {
    const { body } = await page.inject({ url: "/page.js", headers: LOCAL });
    expect(body).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/);
  });

  it("answers to no other name, so that a foreign page cannot reach it", async () => {
    for (const host of ["evil.example", "evil.example:4000", "127.0.0.1.evil.example", "127.0.0.2:4000"]) {
      expect((await page.inject({ url: "/view", headers: { host } })).statusCode).toBe(421);
    }
    expect((await page.inject({ url: "/view", headers: { host: "localhost:4000" } })).statusCode).toBe(200);
  });

  it("leads to a till's window, and lets no other site open one", async () => {
    const ask = (till: string, site?: string) =>
      page.inject({ url: `/window/${till}`, headers: { ...LOCAL, ...(site === undefined ? {} : { "sec-fetch-site": site }) } });
    expect((await ask("1")).headers["location"]).toBe("http://127.0.0.1:5000/open/x");
    expect((await ask("1", "same-origin")).statusCode).toBe(302);
    expect((await ask("2")).statusCode).toBe(404);
    for (const site of ["cross-site", "same-site"]) expect((await ask("1", site)).statusCode).toBe(403);
    expect(opened).toHaveLength(2);
  });
});
