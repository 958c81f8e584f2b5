import type { ServerResponse } from "node:http";
import { REFERENCE_PATHS, type Scope } from "@tillsync/sync-protocol";
import type { FastifyInstance } from "fastify";
import { findCaller, requireScopes, type CallerDeps } from "../reference/replication/caller.ts";
import type { StreamHub } from "../reference/replication/stream-hub.ts";
import type { StreamSink } from "../reference/replication/stream-outlet.ts";
import { readStreamQuery } from "./reference-query.ts";

/** `GET /v1/reference/stream`: server-sent events of what changes in the caller's scopes, until either side ends it. */
export function referenceStreamRoute(app: FastifyInstance, hub: StreamHub, callers: CallerDeps): void {
  app.addHook("preClose", () => hub.close());
  app.get(REFERENCE_PATHS.stream, async (request, reply) => {
    const query = readStreamQuery(request.query);
    const caller = await findCaller(callers, request.headers.authorization, query.scopes);
    for (const checkpoint of Object.values(query.checkpoints)) requireScopes(caller, Object.keys(checkpoint) as Scope[]);
    const { raw } = reply;
    const gone = Promise.withResolvers<void>();
    raw.once("close", () => gone.resolve());
    const sink = responseSink(raw, reply.getHeaders());
    const leave = await hub.open({ caller, collections: query.collections, checkpoints: query.checkpoints }, sink);
    reply.hijack();
    sink.begin();
    void gone.promise.then(leave);
  });
}

/** The response as a sink; its head goes out with the first bytes. */
function responseSink(raw: ServerResponse, headers: object): StreamSink & { begin(): void } {
  const begin = (): void => {
    if (raw.headersSent || raw.destroyed) return;
    // The connection ends with the stream: kept alive it would hold up a process that stops.
    raw.writeHead(200, { ...headers, "content-type": "text/event-stream", "x-accel-buffering": "no", connection: "close" });
    raw.flushHeaders();
  };
  // A line that broke ends with `close`; what it broke of interests nobody.
  raw.on("error", () => undefined);
  return {
    begin,
    write: (bytes) => {
      begin();
      return raw.write(bytes);
    },
    onDrain: (drained) => raw.on("drain", drained),
    end: () => {
      begin();
      raw.end();
    },
    destroy: () => raw.destroy(),
  };
}
