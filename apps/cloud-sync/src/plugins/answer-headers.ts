import { WIRE_VERSION } from "@tillsync/sync-protocol";
import type { FastifyInstance } from "fastify";

/** By it an agent tells our answers from those of a captive portal or a proxy, whatever their status. */
const WIRE_HEADER = "tillsync-wire";

/** Headers of every answer, errors included. The terminal's interface is JSON for programs: nothing may be shown, framed or cached. */
export const ANSWER_HEADERS = {
  [WIRE_HEADER]: String(WIRE_VERSION),
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
};

export function addAnswerHeaders(app: FastifyInstance, secure: boolean): void {
  app.addHook("onRequest", async (_request, reply) => {
    reply.headers(ANSWER_HEADERS);
    if (secure) reply.header("strict-transport-security", "max-age=31536000");
  });
}
