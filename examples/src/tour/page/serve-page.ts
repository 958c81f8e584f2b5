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

/**
 * The live page, read only: one HTML page with its style and script, and `GET /view` for what it shows. It answers to the
 * loopback's own names alone, so that no web page elsewhere can reach it through a name that leads here.
 */
export function buildPage(view: () => TourView): FastifyInstance {
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
  return app;
}
