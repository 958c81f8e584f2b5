import { TillsyncError } from "@tillsync/sync-protocol";
import Fastify, { LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { answerBrokenRequest, codedError, statusOf } from "../intake/answer-errors.ts";
import { boundConnections } from "../intake/connections.ts";
import { DEADLINE_CHECK_MS, HEADER_BYTES_MAX, HEADERS_MAX_MS, KEEP_ALIVE_MS, REQUEST_MAX_MS } from "../intake/limits.ts";
import { readBodies } from "../intake/read-request.ts";
import { CONTENT_SECURITY_POLICY } from "../window-api/content-security-policy.ts";
import { askRoute, type Ask } from "./ask-route.ts";
import { checkPage } from "./check-page.ts";
import { BODY_BYTES_MAX, STALLED_MS } from "./limits.ts";
import type { WindowFiles } from "./load-window-files.ts";
import { pageRoutes } from "./page-routes.ts";
import type { Session } from "./session.ts";

/** Of every answer: the window's policy, nothing guessed, nothing kept, nothing told to others or read by them. */
const HEADERS = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()",
  "x-frame-options": "DENY",
  "cache-control": "no-store",
} as const;

export interface WindowServerOptions {
  readonly files: WindowFiles;
  readonly session: Session;
  readonly ask: Ask;
  /** `http://127.0.0.1:PORT`, once it listens. */
  readonly origin: () => string;
  /** The `Host` values that name it. */
  readonly hosts: () => Pick<ReadonlySet<string>, "has">;
  /** Somebody with the session's cookie is there. */
  readonly onUse: () => void;
  readonly onError: (error: unknown) => void;
}

/** The server of the window in a browser, not listening. There is no CORS: no other page may read an answer. */
export function buildWindowServer(options: WindowServerOptions): FastifyInstance {
  const app = Fastify({
    logger: false,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MAX_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionTimeout: STALLED_MS,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => void sendFailure(error, request, reply, options),
    http: { maxHeaderSize: HEADER_BYTES_MAX, headersTimeout: HEADERS_MAX_MS, connectionsCheckingInterval: DEADLINE_CHECK_MS },
  });
  const connections = boundConnections(app.server);
  app.setErrorHandler((error, request, reply) => sendFailure(error, request, reply, options));
  app.setNotFoundHandler((request, reply) => sendFailure(new TillsyncError("wire.not-found"), request, reply, options));
  readBodies(app);
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(HEADERS);
    checkPage(request.raw, options.origin(), options.hosts());
  });
  pageRoutes(app, options);
  askRoute(app, { ...options, connections });
  return app;
}

/** A question gets a `BridgeAnswer`, a person a sentence. */
function sendFailure(error: unknown, request: FastifyRequest, reply: FastifyReply, options: WindowServerOptions): FastifyReply {
  const known = codedError(error);
  if (known.code === "internal.unexpected") options.onError(error);
  reply.headers(HEADERS).code(statusOf(known));
  if (!request.raw.complete) reply.header("connection", "close");
  if (request.method === "POST") {
    const detail = known.detail === undefined ? {} : { detail: known.detail };
    return reply.type("application/json; charset=utf-8").send(JSON.stringify({ error: { code: known.code, ...detail } }));
  }
  return reply.type("text/plain; charset=utf-8").send(`${known.entry.meaning}\n${known.entry.nextStep}\n[${known.code}]\n`);
}
