import { TillsyncError } from "@tillsync/sync-protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { ANSWER_HEADERS } from "./answer-errors.ts";
import { checkCaller } from "./check-caller.ts";
import type { Authenticate, Client } from "./client-tokens.ts";
import type { Connections } from "./connections.ts";
import { REQUESTS_MAX, URL_CHARS_MAX } from "./limits.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Whose token the request carries; set before any route runs. */
    client: Client;
  }
}

export interface GuardOptions {
  readonly hosts: () => ReadonlySet<string>;
  readonly authenticate: Authenticate;
  readonly connections: Connections;
}

/** Methods that ask and change nothing. */
const READING: ReadonlySet<string> = new Set(["GET", "HEAD"]);
/** Routes that are asked with a body, so that what they name is in no address and no log, and that change nothing. */
const QUESTIONS = /^\/v1\/(members|giftcards)\/identify$/;

/**
 * What every request passes before its body is read: who asks (no page, the right host), the token, what it may, and how
 * many are in hand.
 */
export function guardRequests(app: FastifyInstance, options: GuardOptions): void {
  const inHand = new Set<FastifyRequest>();
  app.decorateRequest("client");
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(ANSWER_HEADERS);
    checkCaller(request.raw, options.hosts());
    request.client = options.authenticate(request.headers.authorization);
    options.connections.prove(request.raw.socket);
    const { "content-encoding": encoding = "identity" } = request.headers;
    if (encoding !== "identity") throw new TillsyncError("wire.media-type", "content-encoding");
    if (request.url.length > URL_CHARS_MAX) throw new TillsyncError("intake.invalid", "address");
    if (request.client.may === "read" && !READING.has(request.method) && !QUESTIONS.test(request.url))
      throw new TillsyncError("intake.read-only");
    if (inHand.size >= REQUESTS_MAX) throw new TillsyncError("intake.busy", "requests");
    inHand.add(request);
    reply.raw.once("close", () => inHand.delete(request));
  });
}
