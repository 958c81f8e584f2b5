import type { FastifyInstance } from "fastify";
import type { AgentStatus } from "../../health/status.ts";

/** `GET /v1/status`: the figures that `edge-agent status --json` shows. `GET /v1/health`: whether a sale is taken now. */
export function statusRoutes(app: FastifyInstance, status: () => AgentStatus): void {
  app.get("/v1/status", async () => status());
  app.get("/v1/health", async (_request, reply) => {
    const { disk, upstreams } = status();
    const takesSales = disk.state === "ok";
    return reply
      .code(takesSales ? 200 : 503)
      .send({ takesSales, code: takesSales ? null : "store.disk-full", line: upstreams[0]?.state ?? "not-enrolled" });
  });
}
