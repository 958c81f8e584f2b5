import type { SendResult } from "../connector.ts";
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

/** Seconds, or a date of HTTP, as milliseconds from now; nothing for what is neither. */
export function readRetryAfter(value: string | string[] | undefined, nowMs: number): number | undefined {
  const text = (Array.isArray(value) ? value[0] : value)?.trim();
  if (text === undefined || text === "") return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
