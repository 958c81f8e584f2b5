import { TillsyncError } from "@tillsync/sync-protocol";
import type { FastifyInstance } from "fastify";
import type { CloudDeps } from "../deps.ts";
import { sql } from "../db/sql.ts";
import { READY_CHECK_MAX_MS } from "../limits.ts";

/** `GET /health`: the process answers. `GET /ready`: it can take sales, so the database answers too. Both without a name. */
export function healthRoutes(app: FastifyInstance, deps: CloudDeps): void {
  app.get("/health", { logLevel: "warn" }, async () => ({ status: "ok" }));
  app.get("/ready", { logLevel: "warn" }, async () => {
    await withDeadline(deps.db.query(sql`SELECT next_pos FROM shard LIMIT 1`), READY_CHECK_MAX_MS);
    return { status: "ready" };
  });
}

async function withDeadline(work: Promise<unknown>, maxMs: number): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new TillsyncError("db.unavailable", "no answer in time")), maxMs);
  try {
    await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
    // The loser's failure has been told already, or came too late to matter.
    work.catch(() => undefined);
  }
}
