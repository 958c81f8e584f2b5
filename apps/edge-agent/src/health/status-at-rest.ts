import { existsSync } from "node:fs";
import { join } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { loadConfig } from "../config/load-config.ts";
import { loadEnrolment } from "../enrol/enrolment.ts";
import { referenceAtRest } from "../reference/status-at-rest.ts";
import { readKeptStatus, upstreamStatus } from "../replicator/upstream-status.ts";
import { restingSources } from "../sources/source-status.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { DATABASE_FILE } from "../store/open-store.ts";
import { readStatus, type AgentStatus } from "./status.ts";

/**
 * The status of a folder whose agent does not run, or runs another command: what the store and the files tell. Throws
 * `data.not-found` where nothing was ever kept.
 */
export function statusAtRest(dir: string, openReader: () => AgentStore): AgentStatus {
  if (!existsSync(join(dir, DATABASE_FILE))) throw new TillsyncError("data.not-found", dir);
  const store = openReader();
  try {
    const enrolment = loadEnrolment(dir);
    const kept = readKeptStatus(store);
    const { sources } = loadConfig(dir);
    return readStatus(store, {
      running: false,
      terminalId: enrolment?.terminal ?? null,
      storeId: enrolment?.store ?? null,
      upstreams: [upstreamStatus(store, { ...kept, state: enrolment === undefined ? "not-enrolled" : "offline" }, store.now())],
      clockOffsetMs: kept.offsetMs,
      sources: restingSources(store, sources),
      intake: null,
      reference: referenceAtRest(dir, store.now),
      disk: "ok",
    });
  } finally {
    store.close();
  }
}
