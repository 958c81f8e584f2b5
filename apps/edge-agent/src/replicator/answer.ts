import { codeOfAnswer, errorAnswerSchema, type ErrorCode, type Failure, WIRE_VERSION } from "@tillsync/sync-protocol";

/** A failure as the session knows it, with a sentence for people. */
export interface RequestFailure extends Failure {
  readonly detail?: string;
}

/** What came of a request: JSON of a success, still to be checked against its schema, or a failure. Nothing is thrown. */
export type Answer = { readonly kind: "answered"; readonly body: unknown } | { readonly kind: "failed"; readonly failure: RequestFailure };

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Uint8Array;
}

/**
 * Why an answer cannot be the cloud's, judged by its headers: a sign-in page of a network answers 200 to everything, and
 * taking that for a yes would lose sales. Undefined when it is the cloud's.
 */
export function notOurCloud({ status, headers }: Omit<RawAnswer, "bytes">): RequestFailure | undefined {
  const wire = headers["tillsync-wire"];
  if (wire === String(WIRE_VERSION)) return undefined;
  if (typeof wire === "string" && /^\d{1,6}$/.test(wire)) return { code: "wire.version", detail: `the cloud speaks version ${wire}` };
  const type = String(headers["content-type"] ?? "no media type");
  return { code: strangersCode(status, type), detail: `status ${status}, ${type}` };
}

/**
 * Who stands between us and the cloud: a proxy that wants a password, a gateway that does not reach it either, a network
 * that first wants a sign-in (its page, a way to it, or the status made for it), or simply somebody else.
 */
function strangersCode(status: number, type: string): ErrorCode {
  if (status === 407) return "wire.proxy-refused";
  if (status === 511 || (status >= 300 && status < 400)) return "wire.sign-in";
  if (status >= 500) return "wire.unreachable";
  return /^\s*(text\/html|application\/xhtml)/i.test(type) ? "wire.sign-in" : "wire.not-cloud";
}

/** Reads an answer of the cloud. `wallMs` is for a `retry-after` that names a date. */
export function readAnswer(raw: RawAnswer, wallMs: number): Answer {
  const refused = notOurCloud(raw);
  if (refused !== undefined) return { kind: "failed", failure: refused };
  const body = parseJson(raw.bytes);
  if (raw.status >= 200 && raw.status < 300)
    return body === undefined
      ? { kind: "failed", failure: { code: "wire.not-cloud", detail: "the answer is no JSON" } }
      : { kind: "answered", body };
  const error = errorAnswerSchema.safeParse(body).data;
  const detail = error === undefined ? `status ${raw.status}` : error.error.detail;
  const retryAfterMs = readRetryAfter(raw.headers["retry-after"], wallMs);
  return {
    kind: "failed",
    failure: {
      code: codeOfAnswer(raw.status, error?.error.code),
      ...(detail === undefined ? {} : { detail }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(error?.serverTimeMs === undefined ? {} : { serverTimeMs: error.serverTimeMs }),
    },
  };
}

/** Seconds, or a date of HTTP. What is neither is as good as none. */
export function readRetryAfter(value: string | string[] | undefined, wallMs: number): number | undefined {
  if (typeof value !== "string") return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - wallMs);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
