import { TillsyncError, type ErrorAnswer } from "@tillsync/sync-protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { RETRY_AFTER_S } from "../limits.ts";
import { ANSWER_HEADERS } from "./answer-headers.ts";

/** Statuses with which a sender is told how long to wait. */
const WAIT_STATUSES = new Set([429, 503]);

/** Every failure leaves as `{error: {code, ...}, serverTimeMs}`; what is no coded error leaves as `internal.unexpected`, without its text. */
export function answerErrors(app: FastifyInstance, now: () => number): void {
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply, now));
  app.setNotFoundHandler((request, reply) => sendError(new TillsyncError("wire.not-found"), request, reply, now));
}

export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply, now: () => number): FastifyReply {
  const known = codedError(error);
  const status = known.entry.http ?? 500;
  // The catalogue's meaning leaves in every case; our own inner state (which table, which host) stays in the log.
  const { error: body } = known.toJSON();
  const { detail, ...public_ } = body;
  const answer: ErrorAnswer = { error: { ...public_, ...(status < 500 && detail !== undefined ? { detail } : {}) }, serverTimeMs: now() };
  if (status >= 500 && status !== 503) request.log.error({ err: error, code: known.code }, "a request failed");
  else request.log.info({ code: known.code, detail }, "a request was refused");
  if (WAIT_STATUSES.has(status)) reply.header("retry-after", RETRY_AFTER_S);
  // A request that fails before the first hook still gets them.
  return reply.headers(ANSWER_HEADERS).code(status).type("application/json").send(JSON.stringify(answer));
}

/** Fastify's own refusals in our words. */
export function codedError(error: unknown): TillsyncError {
  if (error instanceof TillsyncError) return error;
  const { code, statusCode } = error as { code?: string; statusCode?: number };
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") return new TillsyncError("wire.too-large");
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") return new TillsyncError("wire.media-type");
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return new TillsyncError("wire.malformed", code);
  return new TillsyncError("internal.unexpected", undefined, { cause: error });
}
