import type { FastifyInstance } from "fastify";
import type { AgentStatus } from "../../health/status.ts";
import type { UpstreamState } from "../../replicator/upstream-status.ts";

export interface StatusDeps {
  readonly status: () => AgentStatus;
  readonly guard: { readonly state: () => "ok" | "full"; readonly check: () => void };
  readonly line: () => UpstreamState;
}

/**
 * `GET /v1/status`: the figures that `edge-agent status --json` shows; it counts documents, so it is not for every second.
 * `GET /v1/health`: whether a sale is taken now; it costs nothing.
 */
export function statusRoutes(app: FastifyInstance, { status, guard, line }: StatusDeps): void {
  app.get("/v1/status", (_request, reply) => reply.send(status()));
  app.get("/v1/health", (_request, reply) => {
    guard.check();
    const takesSales = guard.state() === "ok";
    return reply.code(takesSales ? 200 : 503).send({ takesSales, code: takesSales ? null : "store.disk-full", line: line() });
  });
}
