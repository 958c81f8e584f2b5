import { documentPushSchema, mayPush, REFERENCE_PATHS, TillsyncError } from "@tillsync/sync-protocol";
import type { FastifyInstance } from "fastify";
import { PUSH_BYTES_MAX, PUSHES_AT_ONCE, PUSHES_AWAITED_MAX } from "../limits.ts";
import { findCaller, type CallerDeps } from "../reference/replication/caller.ts";
import { createGate } from "../db/gate.ts";
import { pushDocuments, type PushDeps } from "../reference/replication/push.ts";
import { readMessage } from "./read-message.ts";
import { readCollection } from "./reference-query.ts";

/** `POST /v1/reference/COLLECTION/push`: changes that a store made, answered with the state of what was not taken. */
export function referencePushRoute(app: FastifyInstance, deps: PushDeps, callers: CallerDeps): void {
  const gate = createGate(PUSHES_AT_ONCE, PUSHES_AWAITED_MAX);
  app.post(REFERENCE_PATHS.push(":collection"), { bodyLimit: PUSH_BYTES_MAX }, async (request, reply) => {
    const collection = readCollection(request.params);
    const caller = await findCaller(callers, request.headers.authorization);
    if (!mayPush(collection)) throw new TillsyncError("reference.not-writable", collection);
    if (!caller.mayWrite) throw new TillsyncError("auth.not-allowed", "reference:write");
    const rows = readMessage(documentPushSchema, request.body);
    const text = await gate.run(() => pushDocuments(deps, caller, collection, rows));
    return reply.type("application/json").send(text);
  });
}
