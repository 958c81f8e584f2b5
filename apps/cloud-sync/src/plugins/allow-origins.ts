import type { FastifyInstance } from "fastify";

/** What a page may ask for: reference data, and nothing of terminals' journals. */
const PATHS = "/v1/reference/";
/** Seconds for which a browser need not ask again. */
const ANSWER_LIVES_S = 600;

/**
 * Lets pages of the named origins read answers of the reference interface (CORS). Without any origin no page of another
 * one can, which is the default. It grants nothing by itself: every request shows its own token, cookies are not used.
 */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const allowed = new Set(origins);
  app.addHook("onRequest", async (request, reply) => {
    if (!request.url.startsWith(PATHS)) return;
    reply.header("vary", "origin");
    const { origin } = request.headers;
    if (origin === undefined || !allowed.has(origin)) return;
    reply.headers({ "access-control-allow-origin": origin, "access-control-expose-headers": "etag, content-range, retry-after" });
  });
  app.options(`${PATHS}*`, async (request, reply) => {
    if (allowed.has(request.headers.origin ?? ""))
      reply.headers({
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": "authorization, content-type, range, if-range",
        "access-control-max-age": ANSWER_LIVES_S,
      });
    return reply.code(204).send();
  });
}
