import { TillsyncError } from "@tillsync/sync-protocol";
import type { RequestFailure } from "./answer.ts";

/** The reason with which a request is aborted once its time is up. */
export class DeadlinePassed extends Error {
  override readonly name = "DeadlinePassed";
}

const LATE = new Set(["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "ETIMEDOUT"]);

/** How a proxy's refusal to connect us reads: undici tells the status in its sentence alone. */
const PROXY_REFUSAL = /^Proxy (?:response \((?:401|403|407)\)|Authentication Required \(407\))/;

/**
 * What an exception of the line means. Name resolution, refused and reset connections, TLS and proxies that do not reach
 * the cloud either are all `wire.unreachable`; the detail keeps the system's own code, which tells a person which. A
 * proxy that does not let this terminal through is `wire.proxy-refused`.
 */
export function classifyError(error: unknown): RequestFailure {
  if (error instanceof DeadlinePassed) return { code: "wire.deadline", detail: error.message };
  if (error instanceof TillsyncError) return { code: error.code, ...(error.detail === undefined ? {} : { detail: error.detail }) };
  if (!(error instanceof Error)) return { code: "wire.unreachable" };
  if (isProxyRefusal(error)) return { code: "wire.proxy-refused" };
  const code = codeOf(error);
  if (code !== undefined && LATE.has(code)) return { code: "wire.deadline", detail: code };
  if (code === "HPE_INVALID_CONSTANT" || error.name === "HTTPParserError")
    return { code: "wire.not-cloud", detail: "the answer is no HTTP" };
  return { code: "wire.unreachable", detail: code ?? error.name };
}

function isProxyRefusal(error: Error): boolean {
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1)
    if (PROXY_REFUSAL.test(cause.message)) return true;
  return false;
}

function codeOf(error: Error): string | undefined {
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    const { code } = cause as NodeJS.ErrnoException;
    if (typeof code === "string" && !(code.startsWith("UND_ERR_SOCKET") && cause.cause instanceof Error)) return code;
  }
  return undefined;
}
