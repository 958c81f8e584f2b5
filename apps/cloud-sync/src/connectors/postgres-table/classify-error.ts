import { AddressRefused } from "../address-guard.ts";
import type { SendResult } from "../connector.ts";
import { classifyFailure } from "../http/classify-failure.ts";
import { ADDRESS_REFUSED } from "../tcp/tcp-address.ts";

export type Fault = Extract<SendResult, { kind: "theirs" | "rejected" | "set-up" | "uncertain" }>;

/**
 * Whose fault an error of a statement is, by its class (SQLSTATE). The server rolled the statement back before it said so,
 * except where it went away while it committed (57P0x, and a connection that broke): then nobody knows.
 */
export function classifyError(error: unknown, connected: boolean): Fault {
  if (isServerError(error)) return classifyState(error, connected);
  if (error instanceof AddressRefused) return ADDRESS_REFUSED;
  if (error instanceof Error && error.message === "The server does not support SSL connections")
    return { kind: "set-up", detail: "the server does not speak TLS" };
  if (!connected) {
    const fault = classifyFailure(error) as Fault;
    return fault.kind === "uncertain" ? { kind: "theirs", detail: fault.detail } : fault;
  }
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
  const slow = error instanceof Error && error.message === "Query read timeout";
  return { kind: "uncertain", detail: slow ? "no answer within the deadline" : (code ?? "the connection broke") };
}

/** The data's: values (22), constraints (23), limits of rows and indexes (54), a trigger's own refusal (P0001). */
const DATA = /^(22|23|54|P0001)/;
/** The set-up's: log-in (28), no such database or schema (3D, 3F), no such table or column, no right to it (42), not supported (0A). */
const SET_UP = /^(28|3D|3F|42|0A)/;
/** It shut down or crashed while the statement ran. */
const GONE = /^(08|57P0)/;

/** What the server itself says, whichever copy of the driver read it. */
interface ServerError extends Error {
  readonly code: string;
  readonly severity: string;
  readonly constraint?: string;
  readonly column?: string;
}

const isServerError = (error: unknown): error is ServerError =>
  error instanceof Error && "severity" in error && "code" in error && typeof error.code === "string" && /^[0-9A-Z]{5}$/.test(error.code);

function classifyState(error: ServerError, connected: boolean): Fault {
  const state = error.code;
  // Names of constraints and columns are the warehouse's; messages and details quote values, and are left out.
  const detail = ["SQLSTATE", state, error.constraint ?? error.column ?? ""].join(" ").trim();
  if (DATA.test(state)) return { kind: "rejected", detail };
  if (SET_UP.test(state)) return { kind: "set-up", detail };
  return { kind: connected && GONE.test(state) ? "uncertain" : "theirs", detail };
}
