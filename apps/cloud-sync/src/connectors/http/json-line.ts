import { request, type Dispatcher } from "undici";
import type { ConnectorPorts, SendResult } from "../connector.ts";
import { requestTimeoutMs } from "../send-time.ts";
import { isRefusedLiteral, type Address } from "./address.ts";
import { classifyFailure } from "./classify-failure.ts";
import { openAgent } from "./open-agent.ts";
import { readBody } from "./read-body.ts";
import { readRetryAfter } from "./retry-after.ts";

/** A request waits this long for the credential's rate limit before the item goes back to the dispatcher. */
const PERMIT_WAIT_MS = 10_000;

export interface JsonRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Beginning with a slash; put behind the line's address. Parts are encoded by the caller. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; undefined: no body. */
  readonly body?: unknown;
}

/** An answer that was read whole and is JSON (`json` is undefined only for an empty body). */
export interface JsonAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly json: unknown;
}

/** No usable answer: whose fault that is. */
export type NoAnswer = Extract<SendResult, { kind: "theirs" | "set-up" | "uncertain" }>;

export type JsonResult = { readonly kind: "answer"; readonly answer: JsonAnswer } | NoAnswer;

export interface JsonLine {
  /**
   * One request, once, within the deadline. Statuses are the caller's to judge, except those that never depend on the
   * item: 401, 403, 407 and redirects (`set-up`), 429, 408, 423, 425 and 5xx (`theirs`). A success whose body is no JSON, longer than
   * the limit, slower than the deadline or cut off proves nothing: `uncertain`.
   */
  call(request: JsonRequest): Promise<JsonResult>;
  close(): Promise<void>;
}

export interface LineOptions {
  /** Headers of every request, credentials included; asked for each time, since tokens change. A `NoAnswer` ends the call. */
  readonly headers: () => Promise<Readonly<Record<string, string>> | NoAnswer>;
  /** Statuses that this receiver uses against its convention, such as 403 for a rate limit. */
  readonly judge?: (answer: JsonAnswer) => NoAnswer | undefined;
}

/** Opens a line that speaks JSON over HTTP to one receiver. */
export function openJsonLine(address: Address, ports: ConnectorPorts, options: LineOptions): JsonLine {
  const agent = openAgent(address);
  const refused = isRefusedLiteral(address);
  const base = address.url.replace(/\/+$/, "");
  const call = async (wish: JsonRequest): Promise<JsonResult> => {
    if (refused) return { kind: "set-up", detail: "the address is private (destination.address-refused)" };
    if (!(await ports.permit(PERMIT_WAIT_MS))) return { kind: "theirs", detail: "waits for the rate limit" };
    const headers = await options.headers();
    if (isNoAnswer(headers)) return headers;
    const deadline = AbortSignal.timeout(requestTimeoutMs(address.timeoutMs));
    let answer: Dispatcher.ResponseData;
    try {
      answer = await request(base + wish.path, {
        dispatcher: agent,
        method: wish.method,
        ...(wish.query === undefined ? {} : { query: wish.query }),
        headers: {
          accept: "application/json",
          "user-agent": "tillsync/1",
          ...(wish.body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
          ...wish.headers,
        },
        ...(wish.body === undefined ? {} : { body: JSON.stringify(wish.body) }),
        signal: deadline,
        headersTimeout: address.timeoutMs,
        bodyTimeout: address.timeoutMs,
      });
    } catch (error) {
      return classifyFailure(error) as NoAnswer;
    }
    return readAnswer(answer, ports, options);
  };
  return { call, close: () => agent.destroy() };
}

async function readAnswer(raw: Dispatcher.ResponseData, ports: ConnectorPorts, options: LineOptions): Promise<JsonResult> {
  const status = raw.statusCode;
  const body = await readBody(raw.body);
  const answer: JsonAnswer = { status, headers: raw.headers, json: body.kind === "json" ? body.value : undefined };
  const judged = options.judge?.(answer) ?? judgeStatus(answer, ports.nowMs());
  if (judged?.kind === "theirs" && judged.slowDown === true)
    ports.noteRate({ kind: "limited", ...(judged.retryAfterMs === undefined ? {} : { retryAfterMs: judged.retryAfterMs }) });
  else ports.noteRate({ kind: "answered" });
  if (judged !== undefined) return judged;
  if (body.kind === "unreadable" && status < 300) return { kind: "uncertain", detail: `status ${status}, and ${body.why}` };
  return { kind: "answer", answer };
}

const SET_UP = new Set([401, 402, 403, 407, 421]);
const LATER = new Set([408, 423, 425, 429]);

/** What a status says whatever the item was; undefined: it is about the item. */
export function judgeStatus({ status, headers }: JsonAnswer, nowMs: number): NoAnswer | undefined {
  const detail = `status ${status}`;
  if (status >= 300 && status < 400) return { kind: "set-up", detail: `${detail}: redirects are not followed` };
  if (SET_UP.has(status)) return { kind: "set-up", detail };
  if (status < 500 && !LATER.has(status)) return undefined;
  const retryAfterMs = readRetryAfter(headers["retry-after"], nowMs);
  return { kind: "theirs", detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }), ...(status === 429 ? { slowDown: true } : {}) };
}

const isNoAnswer = (value: object): value is NoAnswer =>
  "kind" in value && "detail" in value && ["theirs", "set-up", "uncertain"].includes(String(value.kind));
