import { REFERENCE_PATHS, type Scope } from "@tillsync/sync-protocol";
import type { FastifyInstance } from "fastify";
import { findCaller, requireScopes, type CallerDeps } from "../reference/replication/caller.ts";
import { pullDocuments, type PullDeps } from "../reference/replication/pull.ts";
import { readCollection, readPullQuery } from "./reference-query.ts";

/** `GET /v1/reference/COLLECTION/pull`: the documents behind a checkpoint. */
export function referencePullRoute(app: FastifyInstance, deps: PullDeps, callers: CallerDeps): void {
  app.get(REFERENCE_PATHS.pull(":collection"), async (request, reply) => {
    const collection = readCollection(request.params);
    const query = readPullQuery(request.query);
    const caller = await findCaller(callers, request.headers.authorization, query.scopes);
    const checkpoint = query.checkpoint ?? {};
    requireScopes(caller, Object.keys(checkpoint) as Scope[]);
    const text = await pullDocuments(deps, { collection, scopes: caller.scopes, checkpoint, limit: query.limit });
    return reply.type("application/json").send(text);
  });
}
