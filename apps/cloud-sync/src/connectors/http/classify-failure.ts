import { AddressRefused } from "../address-guard.ts";
import type { SendResult } from "../connector.ts";

/** The connection never came about: nothing was sent. */
const NOT_SENT = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
  "ENETDOWN",
  "EADDRNOTAVAIL",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_FAIL",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** The receiver's certificate is not one we may trust: no item gets through until someone corrects it. */
const TLS = /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|EPROTO$)/;

/**
 * Whose fault a request without an answer is. Anything that may have happened after the request left is `uncertain`:
 * a time-out, a cut connection. Details carry the error's code alone, since messages quote addresses and headers.
 */
export function classifyFailure(error: unknown): SendResult {
  for (const cause of causesOf(error)) {
    if (cause instanceof AddressRefused) return { kind: "set-up", detail: "the address is private (destination.address-refused)" };
    const code = codeOf(cause);
    if (code !== undefined && TLS.test(code)) return { kind: "set-up", detail: `TLS: ${code}` };
    if (code !== undefined && NOT_SENT.has(code)) return { kind: "theirs", detail: code };
  }
  const name = error instanceof Error ? error.name : "unknown";
  return { kind: "uncertain", detail: codeOf(error) ?? (name === "TimeoutError" ? "no answer within the deadline" : name) };
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
}

/** An error, what caused it, and the single errors of a connection that tried several addresses. */
function causesOf(error: unknown, depth = 0): unknown[] {
  if (error === undefined || error === null || depth > 4) return [];
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  const parts = Array.isArray(errors) ? errors.flatMap((part) => causesOf(part, depth + 1)) : [];
  return [error, ...causesOf(cause, depth + 1), ...parts];
}
