import type { FastifyInstance } from "fastify";
import type { CloudDeps } from "../deps.ts";
import { PAGES_AWAITED_MAX, PAGES_READ_AT_ONCE } from "../limits.ts";
import { callerCheck, type CallerDeps } from "../reference/replication/caller.ts";
import { createGate } from "../db/gate.ts";
import { createPageStore } from "../reference/replication/page-store.ts";
import { createStreamHub, type StreamHubOptions } from "../reference/replication/stream-hub.ts";
import { systemPorts } from "../subscribers/ports.ts";
import { referencePullRoute } from "./reference-pull.ts";
import { referencePushRoute } from "./reference-push.ts";
import { referenceSnapshotRoutes } from "./reference-snapshots.ts";
import { referenceStreamRoute } from "./reference-stream.ts";

/** What flows down, in RxDB's replication protocol: pull, push, live stream, and snapshots for the first load. */
export function referenceRoutes(app: FastifyInstance, deps: CloudDeps, callers: CallerDeps, options: StreamHubOptions = {}): void {
  const { db, log, now } = deps;
  const gate = createGate(PAGES_READ_AT_ONCE, PAGES_AWAITED_MAX);
  const pages = createPageStore(db, gate);
  const ports = { ...systemPorts, nowMs: now };
  referencePullRoute(app, { db, pages }, callers);
  referencePushRoute(app, { db, log, now }, callers);
  referenceStreamRoute(app, createStreamHub({ db, pages, log, ports, stillAllowed: callerCheck(callers) }, options), callers);
  referenceSnapshotRoutes(app, { db, gate }, callers);
}
