import { TillsyncError } from "@tillsync/sync-protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { parseJson, refuseDeepJson } from "../intake/check-json.ts";
import type { Connections } from "../intake/connections.ts";
import { bodyOf } from "../intake/read-request.ts";
import { isWindowMethod, WINDOW_METHODS, type BridgeAnswer, type WindowMethod } from "../window-api/methods.ts";
import type { WindowServerOptions } from "./build-window-server.ts";
import { REQUESTS_MAX } from "./limits.ts";

/** Asks the agent; undefined when none runs. Throws what the agent answers. */
export type Ask = (method: WindowMethod, request: never, signal: AbortSignal) => Promise<unknown>;

export interface AskRouteOptions extends Pick<WindowServerOptions, "session" | "ask" | "onUse"> {
  readonly connections: Connections;
}

/** `POST ask/METHOD`: the window's question to the agent's door, for the one session there is. */
export function askRoute(app: FastifyInstance, { session, ask, onUse, connections }: AskRouteOptions): void {
  const inHand = new Set<FastifyRequest>();
  const admit = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (!session.knows(request.headers.cookie)) throw new TillsyncError("window.session-ended");
    connections.prove(request.raw.socket);
    if (request.headers["content-encoding"] !== undefined) throw new TillsyncError("wire.media-type", "content-encoding");
    if (inHand.size >= REQUESTS_MAX) throw new TillsyncError("door.busy", "requests");
    inHand.add(request);
    onUse();
    reply.raw.once("close", () => {
      inHand.delete(request);
      onUse();
    });
  };
  app.post<{ Params: { method: string } }>(`${session.path}ask/:method`, { onRequest: admit }, async (request, reply) => {
    const gone = new AbortController();
    reply.raw.once("close", () => gone.abort());
    const answer = await bridge(ask, request.params.method, request.body, gone.signal);
    return reply.type("application/json; charset=utf-8").send(JSON.stringify(answer));
  });
}

/** What the agent says, or why it does not; what is no question throws instead. */
async function bridge(ask: Ask, method: string, body: unknown, gone: AbortSignal): Promise<BridgeAnswer> {
  if (!isWindowMethod(method)) throw new TillsyncError("wire.malformed", "method");
  const request = readRequest(method, body);
  try {
    const result = await ask(method, request, gone);
    return result === undefined ? { error: { code: "wire.unreachable" } } : { result };
  } catch (cause) {
    if (!(cause instanceof TillsyncError)) throw cause;
    return { error: { code: cause.code, ...(cause.detail === undefined ? {} : { detail: cause.detail }) } };
  }
}

function readRequest(method: WindowMethod, body: unknown): never {
  const { form, bytes } = bodyOf(body);
  if (form !== "json") throw new TillsyncError("wire.media-type", "application/json");
  refuseDeepJson(bytes, form);
  const parsed = WINDOW_METHODS[method].request.safeParse(parseJson(bytes.toString("utf8")));
  if (!parsed.success) throw new TillsyncError("wire.malformed", parsed.error.issues[0]?.path.join(".") ?? "request");
  return parsed.data as never;
}
