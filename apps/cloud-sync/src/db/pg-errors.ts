import { TillsyncError } from "@tillsync/sync-protocol";

/**
 * States in which the same request may succeed later: connection trouble (08, 57P), too many connections or no memory or
 * disk (53), deadlock and serialization (40), lock not available (55P03), and what only an operator's change ends: wrong
 * password, database missing (28, 3D).
 */
const UNAVAILABLE = /^(08|57P|53|40|55P03|57014|25P0[34]|28|3D)/;

/** What sockets, TLS and the pool say when there is no server to talk to. */
const SOCKET_ERRORS = /^(E[A-Z]{3,}|ERR_|CERT_|DEPTH_|SELF_SIGNED|UNABLE_)/;
const CLIENT_MESSAGES =
  /^(Connection terminated|timeout exceeded|Query read timeout|Client has encountered a connection error|Cannot use a pool after|The server does not support SSL|Client was closed)/;

/** The driver's errors in our words: `db.unavailable` for all that may pass; others go on as they are, being bugs. */
export function translatePgError(error: unknown): unknown {
  return isUnavailable(error) ? new TillsyncError("db.unavailable", describe(error), { cause: error }) : error;
}

export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.every(isUnavailable);
  const code = sqlState(error) ?? "";
  return (/^[0-9A-Z]{5}$/.test(code) && UNAVAILABLE.test(code)) || SOCKET_ERRORS.test(code) || CLIENT_MESSAGES.test(error.message);
}

/** The state or the socket's code, which name no host, user or password. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) return describe(error.errors[0]);
  return sqlState(error) ?? "connection lost";
}

export const sqlState = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
