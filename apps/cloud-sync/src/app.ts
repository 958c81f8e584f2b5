import Fastify, { LogController, type FastifyInstance, type FastifyServerOptions } from "fastify";
import { fewTransactions } from "./db/few-transactions.ts";
import type { CloudDeps } from "./deps.ts";
import type { Seal } from "./destinations/seal.ts";
import { selfSignedAuthenticator } from "./devices/authenticate.ts";
import type { CloudSettings } from "./devices/settings.ts";
import { createVerifiedTokens } from "./devices/verified-tokens.ts";
import { createAdmission } from "./ingest/admission.ts";
import { createJournalQueue, type JournalQueue } from "./ingest/journal-queue.ts";
import {
  CONNECTIONS_MAX,
  DEADLINE_CHECK_MS,
  HEADER_BYTES_MAX,
  HEADERS_MAX_MS,
  INGEST_TRANSACTIONS_MAX,
  JSON_BYTES_MAX,
  KEEP_ALIVE_MS,
  PATH_PART_CHARS_MAX,
  REQUEST_MAX_MS,
} from "./limits.ts";
import { addAnswerHeaders } from "./plugins/answer-headers.ts";
import { allowOrigins } from "./plugins/allow-origins.ts";
import { answerBrokenRequest } from "./plugins/broken-requests.ts";
import { answerErrors, sendError } from "./plugins/error-answers.ts";
import { createFailedCodes } from "./plugins/failed-codes.ts";
import { enrolRoute } from "./routes/enrol.ts";
import { entriesRoute } from "./routes/entries.ts";
import { feedNoticesRoute } from "./routes/feed-notices.ts";
import { healthRoutes } from "./routes/health.ts";
import { helloRoute } from "./routes/hello.ts";
import { referenceExportRoute } from "./routes/reference-export.ts";
import { referenceWriteRoutes } from "./routes/reference-write.ts";
import { quotasRoute } from "./routes/quotas.ts";
import { referenceRoutes } from "./routes/reference.ts";
import { supportRequestsRoute } from "./routes/support-requests.ts";
import type { StreamHubOptions } from "./reference/replication/stream-hub.ts";
import { authenticateService } from "./service-clients/authenticate-service.ts";

export interface AppOptions {
  readonly settings: CloudSettings;
  /** Certificate and key in PEM. Without them the app speaks plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** A proxy in front does the TLS; its `x-forwarded-for` says who came. */
  readonly behindProxy?: boolean;
  /** Origins whose pages may read reference data. */
  readonly allowOrigins?: readonly string[];
  /** Opens the secrets by which systems sign their notices. Without it notices are not taken. */
  readonly seal?: () => Promise<Seal>;
  /** For tests that do not want to wait. */
  readonly journals?: JournalQueue;
  readonly batchesInHandMax?: number;
  readonly streams?: StreamHubOptions;
  readonly deadlines?: { readonly headersMs: number; readonly requestMs: number; readonly checkMs: number };
}

const DEADLINES = { headersMs: HEADERS_MAX_MS, requestMs: REQUEST_MAX_MS, checkMs: DEADLINE_CHECK_MS };

/** The cloud's HTTP interface, not listening: routes, errors, deadlines and caps. */
export function buildApp(deps: CloudDeps, options: AppOptions): FastifyInstance {
  const app = Fastify(serverOptions(deps, options));
  app.server.maxConnections = CONNECTIONS_MAX;
  addAnswerHeaders(app, options.tls !== undefined || options.behindProxy === true);
  allowOrigins(app, options.allowOrigins ?? []);
  answerErrors(app, deps.now);
  const devices = selfSignedAuthenticator({
    db: deps.db,
    audience: options.settings.audience,
    now: deps.now,
    verified: createVerifiedTokens(),
  });
  const ingest = { ...deps, db: fewTransactions(deps.db, INGEST_TRANSACTIONS_MAX), journals: options.journals ?? createJournalQueue() };
  healthRoutes(app, deps);
  enrolRoute(app, deps, options.settings, createFailedCodes());
  helloRoute(app, deps, devices);
  quotasRoute(app, deps, devices);
  supportRequestsRoute(app, deps, devices);
  entriesRoute(app, ingest, devices, createAdmission(options.batchesInHandMax));
  referenceWriteRoutes(app, deps);
  referenceExportRoute(app, deps);
  const services = (authorization: string | undefined) => authenticateService(deps.db, authorization);
  referenceRoutes(app, deps, { db: deps.db, devices, authenticateService: services }, options.streams);
  if (options.seal !== undefined) feedNoticesRoute(app, deps, options.seal);
  return app;
}

function serverOptions(deps: CloudDeps, options: AppOptions): FastifyServerOptions {
  const deadlines = options.deadlines ?? DEADLINES;
  const common: FastifyServerOptions = {
    loggerInstance: deps.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: JSON_BYTES_MAX,
    routerOptions: { maxParamLength: PATH_PART_CHARS_MAX },
    requestTimeout: deadlines.requestMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionTimeout: REQUEST_MAX_MS,
    trustProxy: options.behindProxy ?? false,
    forceCloseConnections: "idle",
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => {
      void sendError(error, request, reply, deps.now);
    },
  };
  const server = { maxHeaderSize: HEADER_BYTES_MAX, headersTimeout: deadlines.headersMs, connectionsCheckingInterval: deadlines.checkMs };
  const { tls } = options;
  const transport = tls === undefined ? { http: server } : { https: { ...server, ...tls, minVersion: "TLSv1.2" as const } };
  return { ...common, ...transport };
}
