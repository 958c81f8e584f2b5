import type { Readable } from "node:stream";
import { collectionSchema, documentIdSchema, scopeSchema, TillsyncError, type Collection, type StoreId } from "@tillsync/sync-protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { CloudDeps } from "../deps.ts";
import { createAdmission } from "../ingest/admission.ts";
import { RETRY_AFTER_S } from "../limits.ts";
import { codedError } from "../plugins/error-answers.ts";
import { deleteFeed, oneId } from "../reference/feed/delete-feed.ts";
import { DELETED_PERCENT_DEFAULT, FEEDS_IN_HAND_MAX } from "../reference/feed/limits.ts";
import { readNdjson } from "../reference/feed/read-ndjson.ts";
import { emptyReport, type FeedReport } from "../reference/feed/report.ts";
import { takeFeed } from "../reference/feed/take-feed.ts";
import { unpack, type FeedEncoding } from "../reference/feed/unpack.ts";
import { requireService } from "../service-clients/authenticate-service.ts";
import type { ServiceClient } from "../service-clients/service-client.ts";
import { readMessage } from "./read-message.ts";

const FEED_MEDIA_TYPES = ["application/x-ndjson", "application/ndjson"];
const ENCODINGS: Readonly<Record<string, FeedEncoding>> = { identity: "plain", zstd: "zstd", gzip: "gzip" };

const flag = z.stringbool({ truthy: ["true"], falsy: ["false"], case: "sensitive" }).default(false);
const querySchema = z.strictObject({
  scope: scopeSchema.optional(),
  move: flag,
  replace: flag,
  dryRun: flag,
  maxDeletedPercent: z.coerce.number().int().min(0).max(100).default(DELETED_PERCENT_DEFAULT),
});
const deleteQuerySchema = z.strictObject({ scope: scopeSchema.optional() });

interface Sender {
  readonly client: ServiceClient;
  readonly leave: () => void;
}

/**
 * `PUT` and `DELETE /v1/reference/:collection`: bulk writes by service clients, read row by row. Who sends it and whether
 * there is room is settled before the body is read; the answer is a report, also where the feed broke off.
 */
export function referenceWriteRoutes(app: FastifyInstance, deps: CloudDeps, feedsMax = FEEDS_IN_HAND_MAX): void {
  const admission = createAdmission(feedsMax);
  const senders = new WeakMap<FastifyRequest, Sender>();
  const leave = async (request: FastifyRequest): Promise<void> => {
    senders.get(request)?.leave();
    senders.delete(request);
  };
  const enter = async (request: FastifyRequest): Promise<void> => {
    const client = await requireService(deps.db, request.headers.authorization, "reference:write");
    writableCollection(request);
    senders.set(request, { client, leave: admission.enter() });
  };
  const clientOf = (request: FastifyRequest): ServiceClient => {
    const sender = senders.get(request);
    if (sender === undefined) throw new TillsyncError("auth.service-token");
    return sender.client;
  };
  const hooks = { onRequest: enter, onResponse: leave, onRequestAbort: leave };
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // The stream itself: its bounds are those of a feed, not of a body in memory.
    scope.addContentTypeParser(FEED_MEDIA_TYPES, (_request, payload, done) => done(null, payload));
    scope.put("/v1/reference/:collection", {
      ...hooks,
      handler: (request, reply) => putFeed(deps, clientOf(request), request, reply),
    });
    scope.delete("/v1/reference/:collection", {
      ...hooks,
      handler: (request, reply) => deleteMany(deps, clientOf(request), request, reply),
    });
    scope.delete("/v1/reference/:collection/:id", { ...hooks, handler: (request) => deleteOne(deps, clientOf(request), request) });
  });
}

async function putFeed(deps: CloudDeps, client: ServiceClient, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const collection = writableCollection(request);
  const query = readMessage(querySchema, request.query);
  if (query.replace && query.scope === undefined) throw new TillsyncError("wire.malformed", "scope: a replacing feed names its scope");
  const feed = {
    collection,
    scope: query.scope,
    store: client.store,
    move: query.move,
    replace: query.replace ? { maxDeletedPercent: query.maxDeletedPercent } : undefined,
    dryRun: query.dryRun,
  };
  return answerWith(request, reply, deps, client, (report) => takeFeed(deps, feed, readNdjson(bodyOf(request)), report));
}

async function deleteMany(deps: CloudDeps, client: ServiceClient, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const deletion = deletionOf(client, request);
  return answerWith(request, reply, deps, client, (report) => deleteFeed(deps, deletion, readNdjson(bodyOf(request)), report));
}

async function deleteOne(deps: CloudDeps, client: ServiceClient, request: FastifyRequest): Promise<FeedReport> {
  const { id } = readMessage(z.looseObject({ id: documentIdSchema }), request.params);
  return deleteFeed(deps, deletionOf(client, request), oneId(id));
}

function deletionOf(client: ServiceClient, request: FastifyRequest): Parameters<typeof deleteFeed>[1] {
  const { scope } = readMessage(deleteQuerySchema, request.query);
  const store: StoreId | undefined = client.store;
  return { collection: writableCollection(request), scope, store };
}

/** The report, and beside it the error where the feed came to an end before its own. */
async function answerWith(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: CloudDeps,
  client: ServiceClient,
  work: (report: FeedReport) => Promise<FeedReport>,
): Promise<unknown> {
  const report = emptyReport();
  const log = { client: client.name, path: request.url.split("?")[0] };
  try {
    await work(report);
    request.log.info({ ...log, ...figures(report) }, "a feed was taken");
    return report;
  } catch (error) {
    const known = codedError(error);
    const status = known.entry.http ?? 500;
    request.log.warn({ ...log, ...figures(report), code: known.code, ...(status < 500 ? {} : { err: error }) }, "a feed broke off");
    if (status === 503) reply.header("retry-after", RETRY_AFTER_S);
    const { detail, ...body } = known.toJSON().error;
    const told = { ...body, ...(status < 500 && detail !== undefined ? { detail } : {}) };
    return reply.code(status).send({ error: told, report, serverTimeMs: deps.now() });
  }
}

const figures = ({ accepted, unchanged, refused, deleted }: FeedReport): object => ({ accepted, unchanged, refused, deleted });

function bodyOf(request: FastifyRequest): AsyncGenerator<Uint8Array> {
  const encoding = ENCODINGS[(request.headers["content-encoding"] ?? "identity").trim().toLowerCase()];
  if (encoding === undefined) throw new TillsyncError("wire.media-type", "send content-encoding zstd, gzip or identity");
  if (typeof request.body !== "object" || request.body === null)
    throw new TillsyncError("wire.media-type", `send ${FEED_MEDIA_TYPES.join(" or ")}`);
  return unpack(request.body as Readable, encoding);
}

/** Throws `reference.collection-unknown`, `reference.own-collection`. */
function writableCollection(request: FastifyRequest): Collection {
  const found = collectionSchema.safeParse((request.params as { collection?: unknown }).collection);
  if (!found.success) throw new TillsyncError("reference.collection-unknown");
  if (found.data === "quotas") throw new TillsyncError("reference.own-collection", found.data);
  return found.data;
}
