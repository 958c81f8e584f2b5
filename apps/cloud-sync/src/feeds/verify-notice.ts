import { timingSafeEqual } from "node:crypto";
import { Webhook } from "standardwebhooks";

/** How far a notice's time may be from ours: what Standard Webhooks advises against replays. One that comes again within it does no harm. */
export const NOTICE_AGE_MAX_MS = 300_000;
/** Signatures of one notice: a sender that changes its secret sends two. */
const SIGNATURES_MAX = 5;

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Whether a notice bears a signature of Standard Webhooks by this secret, made within the last minutes. Never throws. */
export function isSigned(secret: string, headers: Headers, body: Uint8Array, nowMs: number): boolean {
  const [id, timestamp, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => headers[name]);
  if (typeof id !== "string" || typeof timestamp !== "string" || typeof signatures !== "string") return false;
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(Number(timestamp) * 1_000 - nowMs) > NOTICE_AGE_MAX_MS) return false;
  const text = Buffer.from(body).toString("utf8");
  const expected = Buffer.from(new Webhook(secret).sign(id, new Date(Number(timestamp) * 1_000), text));
  return signatures
    .split(" ")
    .slice(0, SIGNATURES_MAX)
    .map((one) => Buffer.from(one))
    .some((one) => one.length === expected.length && timingSafeEqual(one, expected));
}
