import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { loadConfig } from "../config/load-config.ts";
import type { FolderSource } from "../config/config-schema.ts";
import { loadEnrolment } from "../enrol/enrolment.ts";
import { loadOrCreateKeys } from "../keys/key-files.ts";
import { readMeta } from "../journal/meta.ts";
import { COPIED_AT } from "../journal/open-journal.ts";
import { clockStatus } from "../replicator/start-replicator.ts";
import { readKeptStatus } from "../replicator/upstream-status.ts";
import { openError } from "../sources/open-file.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { probeLock } from "../store/lock-folder.ts";
import { openToRead } from "../store/open-to-read.ts";
import { attempt, found, passed, type Check } from "./check.ts";
import { freeBytes } from "./disk-guard.ts";
import type { AgentStatus } from "./status.ts";

/** Below this many ballasts of free space a person should look before the disk is full. */
const DISK_WARNING_BALLASTS = 4;
const DISK_WARNING_BYTES_MIN = 64 * 1024 * 1024;
const OTHERS = 0o077;

export interface DoctorReport {
  readonly ok: boolean;
  readonly checks: Check[];
}

export interface DoctorDeps {
  readonly now: () => number;
  /** Of the agent that runs on the folder, if one does. */
  readonly live: AgentStatus | undefined;
  readonly freeBytes?: (dir: string) => number;
}

/** Looks at everything that a folder needs to sell and send safely. Changes nothing; throws `data.not-found` alone. */
export function examine(dir: string, deps: DoctorDeps): DoctorReport {
  if (!existsSync(dir)) throw new TillsyncError("data.not-found", dir);
  const checks = [
    attempt("folder", () => checkFolder(dir)),
    attempt("keys", () => checkKeys(dir)),
    attempt("config", () => passed("config", `${loadConfig(dir).sources.length} sources`)),
    attempt("disk", () => checkDisk(dir, deps)),
    attempt("lock", () => checkLock(dir, deps)),
    attempt("database", () => inStore(dir, deps, checkDatabase)),
    attempt("upstream", () => checkUpstream(dir, deps)),
    attempt("clock", () => inStore(dir, deps, (store) => checkClock(store, deps))),
    ...checkSources(dir),
  ];
  return { ok: checks.every((check) => check.state !== "failed"), checks };
}

function checkFolder(dir: string): Check {
  const mode = statSync(dir).mode & 0o777;
  if (process.platform !== "win32" && (mode & OTHERS) !== 0)
    return found("folder", "warning", "keys.permissions", `${dir} has mode ${mode.toString(8)}, 700 is meant`);
  accessSync(dir, constants.R_OK | constants.W_OK);
  return passed("folder", dir);
}

function checkKeys(dir: string): Check {
  // Looking must not make keys: a folder without them was never used.
  if (!existsSync(join(dir, "keys"))) return found("keys", "warning", "data.not-found", "no keys yet");
  return passed("keys", `journal ${loadOrCreateKeys(dir).journal.thumbprint}`);
}

function checkDisk(dir: string, deps: DoctorDeps): Check {
  const { ballastBytes } = loadConfig(dir);
  const free = (deps.freeBytes ?? freeBytes)(dir);
  const wanted = Math.max(ballastBytes * DISK_WARNING_BALLASTS, DISK_WARNING_BYTES_MIN);
  const detail = `${Math.floor(free / 1_048_576)} MiB free`;
  if (deps.live?.disk.state === "full") return found("disk", "failed", "store.disk-full", detail);
  return free < wanted ? found("disk", "warning", "store.disk-full", detail) : passed("disk", detail);
}

function checkLock(dir: string, deps: DoctorDeps): Check {
  const holder = probeLock(dir);
  if (holder === "free") return passed("lock", "no agent runs");
  if (deps.live !== undefined) return passed("lock", `held by the agent (${holder})`);
  return found("lock", "warning", "data.locked", `${holder}; it does not answer as an agent`);
}

function checkDatabase(store: AgentStore): Check {
  const result = store.db.pragma("integrity_check(1)", { simple: true }) as string;
  if (result !== "ok") return found("database", "failed", "store.corrupt", result.slice(0, 200));
  const copiedAt = readMeta(store, COPIED_AT);
  if (copiedAt !== undefined) return found("database", "warning", "journal.copied", `noticed ${new Date(Number(copiedAt)).toISOString()}`);
  return passed("database", `epoch ${store.end.epoch}, ${store.end.seq} entries`);
}

function checkUpstream(dir: string, deps: DoctorDeps): Check {
  if (loadEnrolment(dir) === undefined) return found("upstream", "warning", "enrol.required");
  const upstream = deps.live?.upstreams[0];
  if (upstream === undefined) return passed("upstream", "enrolled; the agent does not run");
  if (upstream.state === "online" || upstream.state === "sending") return passed("upstream", upstream.state);
  return found("upstream", "warning", "wire.unreachable", upstream.lastError?.code ?? upstream.state);
}

function checkClock(store: AgentStore, deps: DoctorDeps): Check {
  const { offsetMs, code } = clockStatus(deps.live?.clock.offsetMs ?? readKeptStatus(store).offsetMs);
  const detail = offsetMs === null ? "not compared with the cloud yet" : `${offsetMs} ms off the cloud's`;
  return code === null ? passed("clock", detail) : found("clock", "warning", code, detail);
}

function checkSources(dir: string): Check[] {
  let sources: readonly FolderSource[];
  try {
    ({ sources } = loadConfig(dir));
  } catch {
    return []; // told by the check of the configuration
  }
  return sources.map((source) =>
    attempt(`source ${source.name}`, () => {
      try {
        return passed(`source ${source.name}`, `${readdirSync(source.path).length} files in ${source.path}`);
      } catch (cause) {
        throw openError(cause, source.path);
      }
    }),
  );
}

function inStore(dir: string, deps: DoctorDeps, look: (store: AgentStore) => Check): Check {
  const store = openToRead(dir, deps.now);
  try {
    return look(store);
  } finally {
    store.close();
  }
}
