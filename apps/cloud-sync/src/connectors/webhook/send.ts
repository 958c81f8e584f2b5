import { createHash } from "node:crypto";
import type { Webhook } from "standardwebhooks";
import { request, type Agent, type Dispatcher } from "undici";
import type { ConnectorPorts, DeliveryItem, RateSeen, SendResult } from "../connector.ts";
import { classifyFailure } from "../http/classify-failure.ts";
import { readRetryAfter } from "../http/retry-after.ts";
import { classifyStatus } from "./classify-status.ts";
import { eventOf } from "../events/transaction-event.ts";
import { requestTimeoutMs } from "../send-time.ts";
import type { WebhookConfig } from "./manifest.ts";

/** As much of an answer as is read: enough for a vendor's message, little enough for a body that never ends. */
export const ANSWER_BYTES_MAX = 64 * 1024;

/** A request waits this long for the credential's rate limit before the item goes back to the dispatcher. */
const PERMIT_WAIT_MS = 10_000;

export interface WebhookLine {
  readonly config: WebhookConfig;
  readonly url: URL;
  readonly agent: Agent;
  readonly signer: Webhook;
  readonly ports: ConnectorPorts;
}

/**
 * Posts one item, once. The status decides, whatever the body: a receiver that answered 2xx has taken the item.
 * Redirects are not followed, since they would carry the item, with its signature, to an address nobody approved.
 */
export async function sendWebhook(line: WebhookLine, item: DeliveryItem): Promise<SendResult> {
  const body = JSON.stringify(eventOf(item));
  if (!(await line.ports.permit(PERMIT_WAIT_MS))) return { kind: "theirs", detail: "waits for the rate limit" };
  const deadline = AbortSignal.timeout(requestTimeoutMs(line.config.timeoutMs));
  let answer: Dispatcher.ResponseData;
  try {
    answer = await request(line.url, {
      dispatcher: line.agent,
      method: "POST",
      headers: { ...line.config.headers, ...signedHeaders(line, item, body) },
      body,
      signal: deadline,
      headersTimeout: line.config.timeoutMs,
      bodyTimeout: line.config.timeoutMs,
    });
  } catch (error) {
    return classifyFailure(error);
  }
  // Everybody with these credentials must hear of it, before the answer's body is read.
  line.ports.noteRate(answer.statusCode === 429 ? limitOf(answer.headers, line.ports.nowMs()) : { kind: "answered" });
  const hash = await hashAnswer(answer.body);
  return classifyStatus(answer.statusCode, answer.headers, line.config, hash, line.ports.nowMs());
}

function limitOf(headers: Dispatcher.ResponseData["headers"], nowMs: number): RateSeen {
  const retryAfterMs = readRetryAfter(headers["retry-after"], nowMs);
  return retryAfterMs === undefined ? { kind: "limited" } : { kind: "limited", retryAfterMs };
}

function signedHeaders({ signer, ports }: WebhookLine, item: DeliveryItem, body: string): Record<string, string> {
  const at = new Date(ports.nowMs());
  return {
    "content-type": "application/cloudevents+json; charset=utf-8",
    "user-agent": "tillsync-webhook/1",
    "webhook-id": item.identity,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": signer.sign(item.identity, at, body),
    "idempotency-key": item.identity,
    ...(item.replay ? { "tillsync-replay": "true" } : {}),
  };
}

/** Hash of the answer as far as it is read; what is longer, slower than the deadline or cut off is left where it is. */
async function hashAnswer(body: Dispatcher.ResponseData["body"]): Promise<Uint8Array> {
  const hash = createHash("sha256");
  let left = ANSWER_BYTES_MAX;
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      hash.update(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) break;
    }
  } catch {
    // The status was read; the body proves nothing more.
  } finally {
    body.destroy();
  }
  return hash.digest();
}
