import { readdir } from "node:fs/promises";
import { TillsyncError, type ErrorCode } from "@tillsync/sync-protocol";
import type { Reader } from "../capture/reader.ts";
import type { FolderSource } from "../config/config-schema.ts";
import { findReading } from "../capture/readings.ts";
import type { SourceStatus } from "../health/status.ts";
import type { Timer } from "../replicator/ports.ts";
import type { SourceSnapshot } from "../window-api/snapshot.ts";
import type { Observation } from "./file-stability.ts";
import { forgetGone, type Missing } from "./forget-gone.ts";
import { listenForChanges } from "./listen-for-changes.ts";
import { lookAtFile } from "./look-at-file.ts";
import { namePattern } from "./name-pattern.ts";
import { openError } from "./open-file.ts";
import type { SourceDeps } from "./source-deps.ts";
import { folderSnapshot, type FolderLook } from "./source-snapshot.ts";
import { countFiles } from "./source-status.ts";

/**
 * After a look that left files unsettled, the folder rests for this many times what the look took, so that a huge file that grows
 * does not eat the machine; but never longer than from one rescan to the next, since other files may have come unheard.
 */
const REST_FACTOR = 20;

export interface FolderWatch {
  readonly status: () => SourceStatus;
  /** How it stands for tray and window; cheap. */
  readonly snapshot: () => SourceSnapshot;
  /** Looks at the whole folder now. Resolves when all was looked at; failures are told by `status`. */
  readonly rescan: () => Promise<void>;
  /** Resolves when the file that is being read has come to its next commit. */
  readonly stop: () => Promise<void>;
}

interface Watch {
  readonly deps: SourceDeps;
  readonly source: FolderSource;
  readonly readConfig: () => unknown;
  readonly seen: Map<string, Observation>;
  readonly missing: Missing;
  readonly matches: (name: string) => boolean;
  reader: Reader | undefined;
  code: ErrorCode | undefined;
  good: FolderLook["good"];
  files: number;
  unread: number;
  movedAtMs: number;
  running: Promise<void> | undefined;
  again: boolean;
  timer: Timer | undefined;
  stopped: boolean;
  unlisten: (() => Promise<void>) | undefined;
}

/**
 * Watches a folder: file events wake it, and a rescan finds what they missed. One file after the other, by name. It
 * starts at once and never throws; what stands in its way is told by `status` and tried again with each rescan.
 */
export function watchFolder(deps: SourceDeps, source: FolderSource, readConfig: () => unknown): FolderWatch {
  const watch: Watch = {
    deps,
    source,
    readConfig,
    seen: new Map(),
    missing: new Map(),
    matches: namePattern(source.pattern),
    reader: undefined,
    code: undefined,
    good: undefined,
    files: 0,
    unread: 0,
    movedAtMs: deps.ports.monotonicMs(),
    running: undefined,
    again: false,
    timer: undefined,
    stopped: false,
    unlisten: undefined,
  };
  if (!source.polling) listen(watch);
  const { name, kind, path, adapter } = source;
  return {
    status: () => ({
      name,
      kind,
      path,
      adapter,
      state: isPaused(watch) ? "paused" : watch.code === undefined ? "watching" : "failing",
      ...(watch.code === undefined ? {} : { code: watch.code }),
      ...countFiles(deps.store, name),
    }),
    snapshot: () =>
      folderSnapshot(
        deps.store,
        { ...watch, paused: isPaused(watch), looking: watch.running !== undefined || watch.timer === undefined },
        deps.ports.monotonicMs(),
      ),
    rescan: () => wake(watch),
    stop: async () => {
      watch.stopped = true;
      watch.timer?.cancel();
      await watch.unlisten?.();
      await watch.running;
    },
  };
}

function listen(watch: Watch): void {
  const { source, deps } = watch;
  listenForChanges(source.path, () => void wake(watch)).then(
    (unlisten) => {
      watch.unlisten = unlisten;
      if (watch.stopped) return unlisten();
      // What came between the first look and now was not heard.
      return wake(watch);
    },
    (error: unknown) => deps.log.warn({ source: source.name, err: error }, "no file events; rescans go on"),
  );
}

/** A person has asked that nothing is read for a while. */
const isPaused = ({ deps }: Watch): boolean => deps.paused?.() === true;

/** One scan at a time; a wish that comes meanwhile is one more scan. */
function wake(watch: Watch): Promise<void> {
  watch.again = true;
  watch.running ??= run(watch).finally(() => {
    watch.running = undefined;
  });
  return watch.running;
}

async function run(watch: Watch): Promise<void> {
  while (watch.again && !watch.stopped) {
    watch.again = false;
    watch.timer?.cancel();
    const startedMs = watch.deps.ports.monotonicMs();
    const unsettled = await scan(watch);
    if (watch.stopped) return;
    const tookMs = watch.deps.ports.monotonicMs() - startedMs;
    const { rescanMs, quietMs } = watch.source;
    const delayMs = unsettled ? Math.min(Math.max(quietMs, 50, tookMs * REST_FACTOR), rescanMs) : Math.max(rescanMs, tookMs);
    watch.timer = watch.deps.ports.setTimer(delayMs, () => void wake(watch));
  }
}

/** True when some file has to be looked at again soon. */
async function scan(watch: Watch): Promise<boolean> {
  const { deps, source } = watch;
  if (isPaused(watch)) return false;
  const began = { monoMs: moved(watch), wallMs: deps.store.now() };
  try {
    watch.reader ??= await deps.openReader(source.adapter, watch.readConfig());
    const names = (await readdir(source.path).catch((cause: unknown) => Promise.reject(openError(cause, source.path))))
      .filter(watch.matches)
      .toSorted();
    const looked = await lookAtAll(watch, watch.reader, names);
    if (looked === "broken-off") return false;
    forgetGone(deps, source, watch.reader, new Set(names), watch.missing);
    setCode(watch, undefined);
    watch.files = names.length;
    watch.unread = looked.unread + countCutShort(watch);
    watch.good = { ...began, tookMs: moved(watch) - began.monoMs };
    return looked.unsettled;
  } catch (error) {
    const code = error instanceof TillsyncError ? error.code : "internal.unexpected";
    if (watch.code !== code) deps.log.error({ source: source.name, code, err: error }, "the source cannot be read");
    setCode(watch, code);
    return false;
  }
}

interface Looked {
  readonly unsettled: boolean;
  readonly unread: number;
}

async function lookAtAll(watch: Watch, reader: Reader, names: readonly string[]): Promise<Looked | "broken-off"> {
  const { deps, source, seen } = watch;
  let unsettled = false;
  let unread = 0;
  for (const name of names) {
    if (watch.stopped || isPaused(watch)) return "broken-off";
    const result = await lookAtFile({ deps, source, reader, seen, onMoved: () => moved(watch) }, name);
    moved(watch);
    if (result === "again") unsettled = true;
    if (result === "again" && !isTakenSoFar(watch, name)) unread += 1;
    if (result === "gone") seen.delete(name);
  }
  const present = new Set(names);
  for (const name of seen.keys()) if (!present.has(name)) seen.delete(name);
  return { unsettled, unread };
}

/** A file that may still grow, and of which every byte that was seen has become a transaction or was set aside. */
function isTakenSoFar({ deps, source, seen }: Watch, name: string): boolean {
  const reading = findReading(deps.store, source.name, name);
  const size = seen.get(name)?.size;
  return reading?.state === "open" && reading.checkpoint !== undefined && reading.checkpoint.offset === size;
}

/** Files that went before they were read to their end, and that may come back. */
const countCutShort = ({ deps, source, missing }: Watch): number =>
  [...missing.keys()].filter((name) => findReading(deps.store, source.name, name)?.state === "open").length;

/** Notes that the look has come a step further. */
const moved = (watch: Watch): number => (watch.movedAtMs = watch.deps.ports.monotonicMs());

function setCode(watch: Watch, code: ErrorCode | undefined): void {
  if (watch.code !== undefined && code === undefined) watch.deps.log.info({ source: watch.source.name }, "the source is read again");
  watch.code = code;
}
