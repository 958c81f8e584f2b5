import { AddressRefused } from "../address-guard.ts";
import type { SendResult } from "../connector.ts";
import { classifyFailure } from "../http/classify-failure.ts";
import { ADDRESS_REFUSED } from "../tcp/tcp-address.ts";
import { DeadlinePassed } from "../tcp/within.ts";

export type Fault = Extract<SendResult, { kind: "theirs" | "rejected" | "set-up" | "uncertain" }>;

/** What only a person ends: topic missing, no right to it, log-in refused, brokers too old. */
const SET_UP = new Set([
  "UNKNOWN_TOPIC_OR_PARTITION",
  "INVALID_TOPIC_EXCEPTION",
  "TOPIC_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
  "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
  "SASL_AUTHENTICATION_FAILED",
  "UNSUPPORTED_SASL_MECHANISM",
  "ILLEGAL_SASL_STATE",
  "SECURITY_DISABLED",
  "UNSUPPORTED_VERSION",
  "POLICY_VIOLATION",
]);
const REJECTED = new Set(["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE", "INVALID_RECORD"]);
/** A broker may have the record all the same. */
const UNCERTAIN = new Set(["REQUEST_TIMED_OUT", "NETWORK_EXCEPTION", "NOT_ENOUGH_REPLICAS_AFTER_APPEND", "OUT_OF_ORDER_SEQUENCE_NUMBER"]);

export const isTooLarge = (fault: Fault): boolean => fault.kind === "rejected";

/** Whose fault a failure is. `sent`: records may have left before it. */
export function classifyError(error: unknown, sent: boolean): Fault {
  if (error instanceof DeadlinePassed)
    return sent
      ? { kind: "uncertain", detail: "no acknowledgement within the deadline" }
      : { kind: "theirs", detail: "the brokers did not answer in time" };
  const parts = [...partsOf(error)];
  if (parts.some((part) => part instanceof AddressRefused)) return ADDRESS_REFUSED;
  const ids = parts.flatMap((part) => idOf(part) ?? []);
  const last = ids.at(-1);
  // What earlier attempts met inside the client counts only where it leaves something open.
  if (last !== undefined && SET_UP.has(last)) return { kind: "set-up", detail: `Kafka ${last}` };
  const told = parts.map(userError).find((message) => message !== undefined && (!sent || message.startsWith("Unknown topic")));
  if (told !== undefined) return { kind: "set-up", detail: `Kafka: ${told}` };
  if (parts.some(isRefusedLogIn)) return { kind: "set-up", detail: "Kafka refuses the log-in" };
  if (last !== undefined && REJECTED.has(last)) return { kind: "rejected", detail: `Kafka ${last}` };
  const open = ids.find((id) => UNCERTAIN.has(id));
  if (sent && open !== undefined) return { kind: "uncertain", detail: `Kafka ${open}` };
  if (sent && parts.some(wasCut)) return { kind: "uncertain", detail: "a connection broke before the acknowledgement" };
  if (last !== undefined) return { kind: "theirs", detail: `Kafka ${last}` };
  const fault = classifyFailure(error) as Fault;
  if (fault.kind !== "uncertain" || sent) return fault;
  // A broker that asks for a log-in and gets none does just that; so does one that goes down.
  return {
    kind: "theirs",
    detail: parts.some(wasCut) ? "the brokers end each connection without a word: do sasl and tls match theirs?" : fault.detail,
  };
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code;

/**
 * The client's own words for a topic that is not there, and for TLS on one side alone. They name nothing but the topic. That
 * it was closed by ourselves is nobody's mistake.
 */
const userError = (error: unknown): string | undefined =>
  codeOf(error) === "PLT_KFK_USER" && error instanceof Error && !error.message.startsWith("Client closed") ? error.message : undefined;

/** Not one that a broker cut short, going down or for want of TLS. */
const isRefusedLogIn = (error: unknown): boolean =>
  codeOf(error) === "PLT_KFK_AUTHENTICATION" && ![...partsOf(error)].some((part) => codeOf(part) === "PLT_KFK_NETWORK");

/** A connection that ended with requests on it; one that never came about is something else. */
const wasCut = (error: unknown): boolean => codeOf(error) === "PLT_KFK_NETWORK" && classifyFailure(error).kind === "uncertain";

function idOf(error: unknown): string | undefined {
  const id = (error as { apiId?: unknown } | null)?.apiId;
  return typeof id === "string" ? id : undefined;
}

/** An error and all that it was made of, in the order of the attempts; bounded, since retries nest. */
function* partsOf(error: unknown, depth = 0): Generator {
  if (error === undefined || error === null || depth > 6) return;
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  yield error;
  yield* partsOf(cause, depth + 1);
  if (Array.isArray(errors)) for (const part of errors) yield* partsOf(part, depth + 1);
}
