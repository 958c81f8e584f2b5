import type { Socket } from "node:net";
import { TillsyncError, type ErrorCode } from "@tillsync/sync-protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { RETRY_AFTER_S } from "./limits.ts";

/** Headers of every answer. JSON for programs: nothing may be shown, framed or cached, and no page may read it. */
export const ANSWER_HEADERS = {
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
} as const;

/** Told about refusals and failures; never about their content. */
export interface IntakeLog {
  readonly refused: (code: ErrorCode) => void;
  readonly failed: (error: unknown) => void;
}

/** Every failure leaves as `{error: {code, message, nextStep, retry}}`; what is no coded error as `internal.unexpected`, without its text. */
export function answerErrors(app: FastifyInstance, log: IntakeLog): void {
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply, log));
  app.setNotFoundHandler((request, reply) => sendError(new TillsyncError("wire.not-found"), request, reply, log));
}

export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply, log: IntakeLog): FastifyReply {
  const known = codedError(error);
  const status = statusOf(known);
  if (known.code === "internal.unexpected") log.failed(error);
  else log.refused(known.code);
  if (status === 503) reply.header("retry-after", RETRY_AFTER_S);
  // What is left of a body that was refused is not read to its end.
  if (!request.raw.complete && hasBody(request)) reply.header("connection", "close");
  return reply.headers(ANSWER_HEADERS).code(status).type("application/json; charset=utf-8").send(JSON.stringify(known.toJSON()));
}

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";

/** Codes that the cloud never answers with and that have no status in the catalogue. */
const STATUSES: Partial<Record<ErrorCode, number>> = { "enrol.required": 409, "agent.stopping": 503, "data.locked": 503 };

/** The catalogue's status. What this machine's disk forbids for now is 503, like the cloud's own. */
export function statusOf({ code, entry }: TillsyncError): number {
  return entry.http ?? STATUSES[code] ?? (code.startsWith("store.") ? 503 : 500);
}

/** Fastify's own refusals in our words. */
export function codedError(error: unknown): TillsyncError {
  if (error instanceof TillsyncError) return error;
  const { code, statusCode } = error as { code?: string; statusCode?: number };
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") return new TillsyncError("intake.too-large");
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") return new TillsyncError("wire.media-type");
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return new TillsyncError("wire.malformed", code);
  return new TillsyncError("internal.unexpected", undefined, { cause: error });
}

const BROKEN: Readonly<Record<string, readonly [string, ErrorCode]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", "intake.too-slow"],
  HPE_HEADER_OVERFLOW: ["431 Request Header Fields Too Large", "wire.malformed"],
};

/** Bytes that are no HTTP, headers past their limit, a sender past its deadline: answered in our words, then the line is cut. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const [line, code] = BROKEN[error.code ?? ""] ?? (["400 Bad Request", "wire.malformed"] as const);
  const body = JSON.stringify(new TillsyncError(code).toJSON());
  const headers = {
    ...ANSWER_HEADERS,
    "content-type": "application/json; charset=utf-8",
    "content-length": String(Buffer.byteLength(body)),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${line}\r\n${lines.join("")}connection: close\r\n\r\n${body}`, () => socket.destroy());
}
