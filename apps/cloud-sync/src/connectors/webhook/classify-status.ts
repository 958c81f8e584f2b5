import type { SendResult } from "../connector.ts";
import { readRetryAfter } from "../http/retry-after.ts";
import type { WebhookConfig } from "./manifest.ts";

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The address or the credentials are wrong, or the receiver says that it is no more: any item would get this answer. */
const SET_UP = new Set([401, 402, 403, 404, 405, 407, 410, 421]);
/** Asked to come again: time-out, too early, locked, rate limit. */
const LATER = new Set([408, 423, 425, 429]);

/** Whose fault an answer is, by its status alone. */
export function classifyStatus(status: number, headers: Headers, config: WebhookConfig, answerHash: Uint8Array, nowMs: number): SendResult {
  const detail = `status ${status}`;
  if ((status >= 200 && status < 300) || config.duplicateStatuses.includes(status)) return { kind: "delivered", status, answerHash };
  if (status >= 300 && status < 400) return { kind: "set-up", detail: `${detail}: redirects are not followed` };
  if (SET_UP.has(status)) return { kind: "set-up", detail };
  if (status >= 500 || LATER.has(status)) {
    const retryAfterMs = readRetryAfter(headers["retry-after"], nowMs);
    return {
      kind: "theirs",
      detail,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(status === 429 ? { slowDown: true } : {}),
    };
  }
  return status < 200 ? { kind: "theirs", detail } : { kind: "rejected", detail };
}
