import { readFileSync } from "node:fs";
import Fastify, { type FastifyInstance } from "fastify";
import type { TourView } from "../view.ts";

/** What the page may load: its own files and nothing else. */
const SECURITY = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

const FILES = {
  "/": ["page.html", "text/html; charset=utf-8"],
  "/page.css": ["page.css", "text/css; charset=utf-8"],
  "/page.js": ["page.js", "text/javascript; charset=utf-8"],
} as const;

/** Opens a till's window and gives the link to it; undefined: there is no such till yet. */
export type OpenWindow = (till: number) => Promise<string> | undefined;

/**
 * The live page: one HTML page with its style and script, `GET /view` for what it shows, and `GET /window/N`, which leads on
 * to the window of a till. It answers to the loopback's own names alone, so that no web page elsewhere can reach it through
 * a name that leads here, and opens windows for its own page or a person's typing only.
 */
export function buildPage(view: () => TourView, openWindow: OpenWindow): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true });
  app.addHook("onRequest", async (request, reply) => {
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? ""))
      return reply.code(421).send({ error: "not the name of this page" });
    void reply.headers(SECURITY);
  });
  for (const [path, [file, type]] of Object.entries(FILES)) {
    const content = readFileSync(new URL(file, import.meta.url));
    app.get(path, (_request, reply) => reply.type(type).send(content));
  }
  app.get("/view", () => view());
  app.get<{ Params: { till: string } }>("/window/:till", async (request, reply) => {
    const from = request.headers["sec-fetch-site"] ?? "none";
    if (from !== "same-origin" && from !== "none") return reply.code(403).send({ error: "windows are opened from the tour's own page" });
    const link = await openWindow(Number(request.params.till));
    return link === undefined ? reply.code(404).send({ error: "there is no such till yet" }) : reply.redirect(link);
  });
  return app;
}
