import { readAnswer, notOurCloud, type RequestFailure } from "../../replicator/answer.ts";
import { classifyError, DeadlinePassed } from "../../replicator/classify-error.ts";
import type { CloudClock } from "../../replicator/cloud-clock.ts";
import { openConnections, type Connections } from "../../replicator/connections.ts";
import type { ReplicatorPorts } from "../../replicator/ports.ts";
import { DOWN_CONNECTIONS_MAX } from "../limits.ts";
import { LineFailed } from "./line-failed.ts";

export interface DownRequest {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** No byte for this long ends it. */
  readonly idleMs: number;
  /** From now to the last byte; undefined: as long as bytes come. */
  readonly deadlineMs?: number;
  readonly signal: AbortSignal;
}

export interface DownAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The way from the cloud. Its connections, its clock and its failures are its own: nothing of it is the uplink's. */
export interface DownLine {
  /** JSON of a success, to be checked against its schema. Throws `LineFailed`; `wire.too-large` past `bytesMax`. */
  getJson(request: DownRequest & { readonly bytesMax: number }): Promise<unknown>;
  /**
   * Bytes of a success, piece by piece, after `begin` has heard the answer's head. Throws `LineFailed`, and what `begin`
   * and `take` throw. An answer that is no success is read as an error.
   */
  getBytes(
    request: DownRequest,
    begin: (answer: DownAnswer) => void | Promise<void>,
    take: (bytes: Uint8Array) => void | Promise<void>,
  ): Promise<void>;
  close(): Promise<void>;
}

export interface DownLineOptions {
  /** As `cloudUrl` gives it. */
  readonly url: string;
  readonly caFile?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly token: () => Promise<string>;
  readonly clock: CloudClock;
  readonly ports: ReplicatorPorts;
}

/** An error's body: a page of it is enough. */
const ERROR_BYTES_MAX = 64 * 1024;

/** GETs over HTTP with a proof of identity each. One that the cloud's clock refuses is signed again with the cloud's time, once. */
export function openDownLine(options: DownLineOptions): DownLine {
  const { origin, pathname } = new URL(options.url);
  const prefix = pathname.replace(/\/+$/, "");
  let opening: Promise<Connections> | undefined;
  const connections = (): Promise<Connections> => {
    opening ??= openConnections({ origin, connections: DOWN_CONNECTIONS_MAX, caFile: options.caFile, env: options.env }).catch(
      (error: unknown) => {
        opening = undefined;
        throw error;
      },
    );
    return opening;
  };
  const getOnce: DownLine["getBytes"] = (request, begin, take) =>
    withDeadline(options.ports, request, async (signal) => {
      const authorization = `Bearer ${await options.token()}`;
      const answer = await (
        await connections()
      ).request({
        origin,
        method: "GET",
        path: prefix + request.path,
        headers: { ...request.headers, authorization },
        headersTimeout: request.idleMs,
        bodyTimeout: request.idleMs,
        signal,
      });
      const head = { status: answer.statusCode, headers: answer.headers };
      const body: AsyncIterable<Uint8Array> = answer.body;
      try {
        const refused = await refusalOf(head, body, options.ports.wallMs());
        if (refused !== undefined) throw new LineFailed(refused);
        await begin(head);
        for await (const bytes of body) await take(bytes);
      } finally {
        answer.body.on("error", () => undefined).destroy();
      }
    });
  const getBytes: DownLine["getBytes"] = async (request, begin, take) => {
    const sentMs = options.ports.monotonicMs();
    try {
      await getOnce(request, begin, take);
    } catch (error) {
      if (!(error instanceof ClockRefused)) throw error;
      options.clock.learn(error.serverTimeMs, options.ports.monotonicMs() - sentMs);
      await getOnce(request, begin, take);
    }
  };
  return {
    getBytes,
    getJson: (request) => getJson(getBytes, request),
    close: async () => {
      const open = await opening?.catch(() => undefined);
      await open?.destroy();
    },
  };
}

class ClockRefused extends LineFailed {
  readonly serverTimeMs: number;

  constructor(failure: RequestFailure, serverTimeMs: number) {
    super(failure);
    this.serverTimeMs = serverTimeMs;
  }
}

async function getJson(getBytes: DownLine["getBytes"], request: DownRequest & { readonly bytesMax: number }): Promise<unknown> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  await getBytes(
    request,
    () => {
      // A request that is signed again begins anew.
      pieces.length = size = 0;
    },
    (bytes) => {
      size += bytes.length;
      if (size > request.bytesMax) throw new LineFailed({ code: "wire.too-large", detail: `more than ${request.bytesMax} bytes` });
      pieces.push(bytes);
    },
  );
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(pieces, size)));
  } catch {
    throw new LineFailed({ code: "wire.not-cloud", detail: "the answer is no JSON" });
  }
}

/** Why this is no success of our cloud; undefined: it is one. Reads the body of an error. */
async function refusalOf(head: DownAnswer, body: AsyncIterable<Uint8Array>, wallMs: number): Promise<RequestFailure | undefined> {
  const stranger = notOurCloud(head);
  if (stranger !== undefined) return stranger;
  if (head.status >= 200 && head.status < 300) return undefined;
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of body) {
    size += bytes.length;
    if (size > ERROR_BYTES_MAX) break;
    pieces.push(bytes);
  }
  const answer = readAnswer({ ...head, bytes: Buffer.concat(pieces) }, wallMs);
  if (answer.kind === "answered") return { code: "wire.not-cloud", detail: `status ${head.status}` };
  const { failure } = answer;
  if (failure.code === "auth.clock" && failure.serverTimeMs !== undefined) throw new ClockRefused(failure, failure.serverTimeMs);
  return failure;
}

/** Every request ends: at its deadline, with the caller's signal, or by itself. What the line throws becomes `LineFailed`. */
async function withDeadline(ports: ReplicatorPorts, request: DownRequest, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const end = new AbortController();
  const stop = (): void => end.abort(request.signal.reason);
  const { deadlineMs } = request;
  const timer = deadlineMs === undefined ? undefined : ports.setTimer(deadlineMs, () => end.abort(new DeadlinePassed(`${deadlineMs} ms`)));
  request.signal.addEventListener("abort", stop, { once: true });
  try {
    request.signal.throwIfAborted();
    await work(end.signal);
  } catch (error) {
    request.signal.throwIfAborted();
    if (error instanceof LineFailed) throw error;
    throw new LineFailed(classifyError(end.signal.aborted ? end.signal.reason : error));
  } finally {
    timer?.cancel();
    request.signal.removeEventListener("abort", stop);
  }
}
