import { availableParallelism, freemem, release, totalmem, uptime } from "node:os";
import { join } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { listSetAside } from "../../capture/list-set-aside.ts";
import { readJsonFile } from "../../config/load-config.ts";
import { AGENT_VERSION } from "../../enrol/agent-version.ts";
import { examine } from "../../health/doctor.ts";
import { listLineHistory } from "../../health/line-history.ts";
import { statusAtRest } from "../../health/status-at-rest.ts";
import type { AgentStatus } from "../../health/status.ts";
import { journalHeads } from "../../journal/journal-heads.ts";
import { logFolder } from "../../log/open-log.ts";
import type { AgentStore } from "../../store/agent-store.ts";
import { schemaVersion } from "../../store/migrate.ts";
import { openToRead } from "../../store/open-to-read.ts";
import { sql } from "../../store/sql.ts";
import type { Snapshot } from "../../window-api/snapshot.ts";
import type { BundleContents } from "./pack-bundle.ts";
import { readLogTail } from "./read-log-tail.ts";
import { redactLines } from "./redact-lines.ts";
import { withoutPrivateFields, type Redact } from "./redact.ts";

const HISTORY_ROWS = 2_000;
const SUPPORT_ROWS = 500;

export interface CollectDeps {
  readonly now: () => number;
  /** Of the agent that runs on the folder, if one does and answers. */
  readonly live: { readonly status: AgentStatus | undefined; readonly snapshot: Snapshot | undefined };
  /** Goes over every text before it is packed. */
  readonly redact: Redact;
}

/**
 * Gathers what whoever helps needs to see: how the agent stands, what it found, when the line was there, what was set aside
 * and its last log. No bytes of receipts, no names. A part that cannot be read is replaced by why; the others go on.
 */
export function collectBundle(dir: string, deps: CollectDeps): BundleContents {
  const { now, live, redact } = deps;
  const inStore = <T>(read: (store: AgentStore) => T): T => {
    const store = openToRead(dir, now);
    try {
      return read(store);
    } finally {
      store.close();
    }
  };
  const documents: Readonly<Record<string, () => unknown>> = {
    "about.json": () => about(now()),
    "status.json": () => live.status ?? statusAtRest(dir, () => openToRead(dir, now)),
    "snapshot.json": () => (live.snapshot === undefined ? null : withoutPeople(live.snapshot)),
    "doctor.json": () => examine(dir, { now, live: live.status }),
    "config.json": () => withoutPrivateFields(readConfig(dir)),
    "line-history.json": () => inStore((store) => listLineHistory(store, HISTORY_ROWS)),
    "set-aside.json": () => inStore((store) => listSetAside(store, false)),
    "journal.json": () => inStore(readJournal),
    "support.json": () => inStore(readSupport),
  };
  const parts = new Map(
    Object.entries(documents).map(([name, read]) => [name, redactLines(redact, `${JSON.stringify(attempt(read), undefined, 2)}\n`)]),
  );
  return { parts, logTail: (bytesMax) => redactLines(redact, readLogTail(logFolder(dir), bytesMax)) };
}

/** The machine's name is left out: it is often its owner's. */
const about = (nowMs: number): object => ({
  at: new Date(nowMs).toISOString(),
  agentVersion: AGENT_VERSION,
  node: process.versions.node,
  platform: process.platform,
  arch: process.arch,
  systemRelease: release(),
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  cores: availableParallelism(),
  memoryMiB: { total: Math.round(totalmem() / 2 ** 20), free: Math.round(freemem() / 2 ** 20) },
  upHours: Math.round(uptime() / 360) / 10,
});

/** Whom staff call, and what they wrote, are people's. */
const withoutPeople = (snapshot: Snapshot): object => ({
  ...snapshot,
  help: snapshot.help === null ? null : "[set]",
  pause: snapshot.pause === null ? null : { ...snapshot.pause, reason: "[text]" },
});

/** As the person wrote it, so that a field that is wrong is seen too. */
function readConfig(dir: string): unknown {
  const config = readJsonFile(join(dir, "config.json"), "optional");
  const hasHelp = typeof config === "object" && config !== null && "help" in config;
  return hasHelp ? { ...config, help: "[set]" } : (config ?? null);
}

const readJournal = (store: AgentStore): object => ({
  schema: schemaVersion(store.db),
  epochs: journalHeads(store),
  upstreams: store
    .prepare(sql`SELECT name, epoch, acked_seq AS ackedSeq, acked_at_ms AS ackedAtMs FROM upstream ORDER BY name, epoch`)
    .all(),
});

/** Numbers and what became of them; what staff wrote went to head office, and stays out of mails. */
const readSupport = (store: AgentStore): unknown =>
  store
    .prepare<[number]>(
      sql`SELECT number, at_ms AS atMs, state, settled_at_ms AS settledAtMs, code FROM support_request ORDER BY at_ms DESC LIMIT ?`,
    )
    .all(SUPPORT_ROWS);

function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof TillsyncError) return error.toJSON();
    return { error: { code: "internal.unexpected", message: error instanceof Error ? error.message : "unknown" } };
  }
}
