import { type Answer, notOurCloud, readAnswer } from "./answer.ts";
import { classifyError, DeadlinePassed } from "./classify-error.ts";
import { openConnections, type Connections } from "./connections.ts";
import { ANSWER_BYTES_MAX } from "./limits.ts";
import type { ReplicatorPorts } from "./ports.ts";

export interface TransportRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
  /** From now to the last byte of the answer; a far end that drips does not gain time by it. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

/** The way to the cloud. Every request ends in an answer, for better or worse, no later than its deadline. */
export interface Transport {
  post(request: TransportRequest): Promise<Answer>;
  /** Ends all connections; requests under way fail with `wire.unreachable`. */
  close(): Promise<void>;
  /** The same, and the next request opens new ones: after a sleep the far end has forgotten the old ones. */
  renew?(): Promise<void>;
}

export interface TransportOptions {
  /** As `cloudUrl` gives it. */
  readonly url: string;
  readonly connections: number;
  readonly caFile?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly ports: Pick<ReplicatorPorts, "wallMs" | "setTimer">;
}

/** Promises nothing about order: requests go over connections of their own and may overtake each other. */
export function createHttpTransport(options: TransportOptions): Transport {
  const { origin, pathname } = new URL(options.url);
  const prefix = pathname.replace(/\/+$/, "");
  let opening: Promise<Connections> | undefined;
  return {
    post: async (request) => {
      const end = new AbortController();
      const stop = (): void => end.abort(request.signal?.reason);
      const timer = options.ports.setTimer(request.deadlineMs, () => end.abort(new DeadlinePassed(`${request.deadlineMs} ms`)));
      request.signal?.addEventListener("abort", stop, { once: true });
      if (request.signal?.aborted === true) stop();
      try {
        opening ??= openConnections({ origin, connections: options.connections, caFile: options.caFile, env: options.env });
        const connections = await opening.catch((error: unknown) => {
          opening = undefined;
          throw error;
        });
        return await exchange(connections, origin, { ...request, path: prefix + request.path }, end.signal, options.ports.wallMs);
      } catch (error) {
        return { kind: "failed", failure: classifyError(end.signal.aborted ? end.signal.reason : error) };
      } finally {
        timer.cancel();
        request.signal?.removeEventListener("abort", stop);
      }
    },
    close: async () => {
      const connections = await opening?.catch(() => undefined);
      await connections?.destroy();
    },
    renew: async () => {
      const old = opening;
      opening = undefined;
      const connections = await old?.catch(() => undefined);
      await connections?.destroy();
    },
  };
}

async function exchange(
  connections: Connections,
  origin: string,
  request: TransportRequest,
  signal: AbortSignal,
  wallMs: () => number,
): Promise<Answer> {
  const { path, headers, body } = request;
  const answer = await connections.request({ origin, method: "POST", path, headers, body, signal });
  const head = { status: answer.statusCode, headers: answer.headers };
  const refused = notOurCloud(head);
  if (refused !== undefined) {
    // Not one byte more of a page that is not the cloud's. Its connection goes with it.
    answer.body.on("error", () => undefined).destroy();
    return { kind: "failed", failure: refused };
  }
  const bytes = await readBounded(answer.body);
  if (bytes === undefined) return { kind: "failed", failure: { code: "wire.not-cloud", detail: "the answer is too long" } };
  return readAnswer({ ...head, bytes }, wallMs());
}

async function readBounded(body: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > ANSWER_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size);
}
