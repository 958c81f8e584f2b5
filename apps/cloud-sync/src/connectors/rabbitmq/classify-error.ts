import { AddressRefused } from "../address-guard.ts";
import type { SendResult } from "../connector.ts";
import { classifyFailure } from "../http/classify-failure.ts";
import { ADDRESS_REFUSED } from "../tcp/tcp-address.ts";
import { DeadlinePassed } from "../tcp/within.ts";

export type Fault = Extract<SendResult, { kind: "theirs" | "rejected" | "set-up" | "uncertain" }>;

/** The broker's words for what only a person ends: wrong password, no right to it, no such virtual host or exchange, no broker at all. */
const SET_UP = new Set([
  "ACCESS_REFUSED",
  "NOT_ALLOWED",
  "NOT_FOUND",
  "NOT_IMPLEMENTED",
  "VERSION_MISMATCH",
  "COMMAND_INVALID",
  "NO_AMQP",
  "TLS_EXPECTED",
]);

const codeOf = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
};

/** Before anything was published: on the way to a channel that confirms. */
export function classifyOpening(error: unknown): Fault {
  if (error instanceof AddressRefused) return ADDRESS_REFUSED;
  if (error instanceof DeadlinePassed) return { kind: "theirs", detail: "the broker did not open a channel in time" };
  const code = codeOf(error);
  if (code !== undefined && (SET_UP.has(code) || code === "PRECONDITION_FAILED")) return { kind: "set-up", detail: `AMQP ${code}` };
  const fault = classifyFailure(error) as Fault;
  return fault.kind === "uncertain" ? { kind: "theirs", detail: fault.detail } : fault;
}

/** Of one message, after it was published. */
export function classifyPublishing(error: unknown): Fault {
  const code = codeOf(error);
  if (code === "NACK") return { kind: "theirs", detail: "AMQP NACK: the broker did not take it" };
  if (code !== undefined && SET_UP.has(code)) return { kind: "set-up", detail: `AMQP ${code}` };
  // What it says of a message that is larger than it takes.
  if (code === "PRECONDITION_FAILED") return { kind: "rejected", detail: `AMQP ${code}` };
  return { kind: "uncertain", detail: code ?? "the connection broke" };
}
