import { randomBytes } from "node:crypto";
import { TillsyncError } from "@tillsync/sync-protocol";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { buildApp } from "./app.ts";
import { startBackground } from "./background.ts";
import type { ServeConfig } from "./config/serve-config.ts";
import type { Database } from "./db/database.ts";
import { openDatabase } from "./db/open-database.ts";
import type { CloudDeps } from "./deps.ts";
import { loadSeal } from "./destinations/seal.ts";
import { ensureSettings } from "./devices/settings.ts";
import { bridgeWake } from "./event-log/bridge-wake.ts";
import { createWake } from "./event-log/wake.ts";
import { createPressure } from "./ingest/pressure.ts";
import { CLOSE_MAX_MS } from "./limits.ts";

export interface RunningCloud {
  readonly url: string;
  /** Requests in hand end, then readers, then the database. Safe to skip: a killed cloud loses nothing it acknowledged. */
  stop(): Promise<void>;
}

/** Opens the database, starts readers and dispatcher, and listens. Throws `db.*`, `data.*`, `serve.address`. */
export async function startCloud(config: ServeConfig, log: Logger): Promise<RunningCloud> {
  const db = await openDatabase(config.database, "serve", log, config.dataDir);
  const undo: (() => Promise<unknown>)[] = [() => db.close()];
  // Last opened, first closed; one that fails does not keep the others open.
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step().catch((error: unknown) => log.error({ err: error }, "stopping failed"));
  };
  try {
    const bridge = await bridgeWake(db, createWake(), randomBytes(8).toString("hex"));
    undo.push(() => bridge.close());
    const deps = makeDeps(db, bridge.wake, log);
    const settings = await ensureSettings(db, deps.randomBytes);
    const sealKey = process.env["TILLSYNC_SEAL_KEY"];
    const background = startBackground({ ...deps, dataDir: config.dataDir, sealKey });
    const seal = () => loadSeal(config.dataDir, sealKey);
    undo.push(() => background.stop());
    const app = buildApp(deps, {
      settings,
      behindProxy: config.behindProxy,
      allowOrigins: config.allowOrigins,
      seal,
      ...(config.tls === undefined ? {} : { tls: config.tls }),
    });
    undo.push(() => closeWithin(app, CLOSE_MAX_MS));
    return { url: await listen(app, config), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const makeDeps = (db: Database, wake: CloudDeps["wake"], log: Logger): CloudDeps => {
  const now = (): number => Date.now();
  return { db, wake, pressure: createPressure(now), log, now, randomBytes: (count) => randomBytes(count) };
};

async function listen(app: FastifyInstance, config: ServeConfig): Promise<string> {
  try {
    return await app.listen({ host: config.host, port: config.port });
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
    if (code === undefined || !code.startsWith("E")) throw cause;
    throw new TillsyncError("serve.address", `${config.host}:${config.port} ${code}`, { cause });
  }
}

/** New requests are refused at once; those in hand get their time, then their connections are cut. */
async function closeWithin(app: FastifyInstance, maxMs: number): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), maxMs);
  await app.close();
  clearTimeout(cut);
}
