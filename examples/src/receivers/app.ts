import { setTimeout as sleep } from "node:timers/promises";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { readEvent, type ReadEvent } from "./event.ts";
import type { FaultPlan } from "./faults.ts";
import type { Ledger } from "./ledger.ts";

export interface ReceiverDeps {
  readonly kind: string;
  readonly ledger: Ledger;
  readonly faults: FaultPlan;
  /** `whsec_...`, shared with whoever sends. */
  readonly secret: string;
  /** How long a fault of kind `timeoutAfterCommit` keeps the connection open without a word. */
  readonly silenceMs: number;
  /** How late a fault of kind `slow` answers. */
  readonly slowMs: number;
}

/** A receipt of 5,000 lines is about 2 MB of JSON; past this a body is no receipt. */
const BODY_BYTES_MAX = 8_000_000;
const RETRY_AFTER_SECONDS = 1;

/** The receiver as a Fastify app that listens nowhere yet. `POST /events` takes webhooks, `GET /summary` tells the figures. */
export function buildReceiver(deps: ReceiverDeps): FastifyInstance {
  const app = Fastify({ bodyLimit: BODY_BYTES_MAX, forceCloseConnections: true });
  const webhook = new Webhook(deps.secret);
  /* The signature covers the bytes as they came, so no parser may touch them first. */
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  app.get("/summary", () => ({ kind: deps.kind, ...deps.ledger.summary(), faults: deps.faults.counts }));
  app.post("/events", async (request, reply) => {
    const read = verify(webhook, request);
    if (!read.ok) return reply.code(read.status).send({ status: "refused", reason: read.reason });
    return answer(deps, read.event, reply);
  });
  return app;
}

type Verified = { ok: false; status: 401 | 422; reason: string } | Extract<ReadEvent, { ok: true }>;

function verify(webhook: Webhook, request: FastifyRequest): Verified {
  const header = (name: string): string => String(request.headers[name] ?? "");
  const id = header("webhook-id");
  const body = typeof request.body === "string" ? request.body : "";
  try {
    webhook.verify(body, {
      "webhook-id": id,
      "webhook-timestamp": header("webhook-timestamp"),
      "webhook-signature": header("webhook-signature"),
    });
  } catch (error) {
    if (error instanceof WebhookVerificationError) return { ok: false, status: 401, reason: error.message };
    if (error instanceof SyntaxError) return { ok: false, status: 422, reason: "not JSON" };
    throw error;
  }
  const read = readEvent(id, body);
  return read.ok ? read : { ok: false, status: 422, reason: read.reason };
}

async function answer(deps: ReceiverDeps, event: Extract<ReadEvent, { ok: true }>["event"], reply: FastifyReply): Promise<unknown> {
  const fault = deps.faults.next();
  if (fault === "error") return reply.code(500).send({ status: "failed on purpose" });
  if (fault === "busy") return reply.code(503).header("retry-after", RETRY_AFTER_SECONDS).send({ status: "busy on purpose" });
  const outcome = deps.ledger.take(event);
  if (fault === "dropAfterCommit" || fault === "timeoutAfterCommit") {
    reply.hijack();
    if (fault === "timeoutAfterCommit") await sleep(deps.silenceMs, undefined, { ref: false });
    reply.raw.destroy();
    return undefined;
  }
  if (fault === "slow") await sleep(deps.slowMs);
  if (outcome === "conflict") return reply.code(409).send({ status: outcome, reason: "known under this id, with other content" });
  return reply.code(outcome === "duplicate" ? 200 : 201).send({ status: outcome, receipt: event.key, revision: event.revision });
}
