import Fastify, { LogController, type FastifyInstance } from "fastify";
import { answerBrokenRequest, answerErrors, sendError, type IntakeLog } from "./answer-errors.ts";
import type { Authenticate } from "./client-tokens.ts";
import { boundConnections, type Connections } from "./connections.ts";
import { guardRequests } from "./serve-request.ts";
import {
  DEADLINE_CHECK_MS,
  HEADER_BYTES_MAX,
  HEADERS_MAX_MS,
  KEEP_ALIVE_MS,
  REQUEST_MAX_MS,
  SMALL_BODY_BYTES_MAX,
  STALLED_MS,
} from "./limits.ts";
import { readBodies } from "./read-request.ts";

export interface Deadlines {
  readonly headersMs: number;
  readonly requestMs: number;
  readonly stalledMs: number;
  /** How often the first two are looked at. */
  readonly checkMs: number;
}

export interface IntakeOptions {
  readonly authenticate: Authenticate;
  /** The `Host` values that name this listener. */
  readonly hosts: () => ReadonlySet<string>;
  readonly log: IntakeLog;
  readonly routes: (app: FastifyInstance) => void;
  /** For tests that do not want to wait. */
  readonly deadlines?: Deadlines;
}

export interface IntakeApp {
  readonly app: FastifyInstance;
  readonly connections: Connections;
}

const DEADLINES: Deadlines = { headersMs: HEADERS_MAX_MS, requestMs: REQUEST_MAX_MS, stalledMs: STALLED_MS, checkMs: DEADLINE_CHECK_MS };

/** The interface, not listening: who may ask, bounds, errors, and the routes given. */
export function buildIntake(options: IntakeOptions): IntakeApp {
  const deadlines = options.deadlines ?? DEADLINES;
  const app = Fastify({
    logger: false,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: SMALL_BODY_BYTES_MAX,
    requestTimeout: deadlines.requestMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionTimeout: deadlines.stalledMs,
    forceCloseConnections: "idle",
    exposeHeadRoutes: false,
    // A document's id has 200 characters at most, each of them encoded.
    routerOptions: { maxParamLength: 2_400 },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply, options.log),
    http: { maxHeaderSize: HEADER_BYTES_MAX, headersTimeout: deadlines.headersMs, connectionsCheckingInterval: deadlines.checkMs },
  });
  const connections = boundConnections(app.server);
  answerErrors(app, options.log);
  readBodies(app);
  guardRequests(app, { ...options, connections });
  options.routes(app);
  return { app, connections };
}
