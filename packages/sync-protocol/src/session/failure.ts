import { ERROR_CODES, type ErrorCode } from "../errors/codes.ts";

/**
 * What a failed request means to the session.
 * `passing`: the line or the far end; try again after a pause. `tooLarge`: try again with less. `refused`: this request
 * is wrong in itself, a person is needed for its journal. `shut`: the far end will have nothing from this terminal until
 * a person acts (revoked, not enrolled, no common version).
 */
export type FailureKind = "passing" | "tooLarge" | "refused" | "shut";

/** A request that ended without a usable answer. */
export interface Failure {
  readonly code: ErrorCode;
  /** How long the far end asks to be left alone. */
  readonly retryAfterMs?: number;
  /** The far end's clock, where its error answer tells it. */
  readonly serverTimeMs?: number;
}

/** Codes that close the door to the terminal as a whole; the others that are not automatic concern one journal. */
const SHUT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "auth.missing",
  "auth.invalid",
  "auth.revoked",
  "enrol.required",
  "enrol.insecure-url",
  "wire.version",
  "wire.not-found",
  "wire.media-type",
]);

export function failureKind(code: ErrorCode): FailureKind {
  if (code === "wire.too-large") return "tooLarge";
  if (SHUT.has(code)) return "shut";
  return ERROR_CODES[code].retry === "automatic" || code === "internal.unexpected" ? "passing" : "refused";
}

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: "wire.malformed",
  401: "auth.invalid",
  403: "auth.forbidden",
  404: "wire.not-found",
  408: "wire.deadline",
  413: "wire.too-large",
  415: "wire.media-type",
  426: "wire.version",
  429: "wire.busy",
  503: "wire.busy",
  504: "wire.deadline",
};

/**
 * The code of an answer that is no success: the one in its body when this version knows it, else what the status says.
 * A newer cloud may use codes that are not in our catalogue; they must not stop the session by being unknown.
 */
export function codeOfAnswer(status: number, code: string | undefined): ErrorCode {
  if (code !== undefined && Object.hasOwn(ERROR_CODES, code)) return code as ErrorCode;
  return BY_STATUS[status] ?? (status >= 500 ? "internal.unexpected" : "wire.malformed");
}
