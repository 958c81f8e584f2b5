import { readdir, stat } from "node:fs/promises";
import { TillsyncError, type ErrorCode } from "@tillsync/sync-protocol";
import type { Reader } from "../capture/reader.ts";
import type { FolderSource } from "../config/config-schema.ts";
import { findReading } from "../capture/readings.ts";
import type { SourceStatus } from "../health/status.ts";
import type { Timer } from "../replicator/ports.ts";
import type { SourceSnapshot } from "../window-api/snapshot.ts";
import type { Observation } from "./file-stability.ts";
import { forgetGone, type Missing } from "./forget-gone.ts";
import { listenForChanges, type Listener } from "./listen-for-changes.ts";
import { lookAtFile } from "./look-at-file.ts";
import { namePattern } from "./name-pattern.ts";
import { openError } from "./open-file.ts";
import type { SourceDeps } from "./source-deps.ts";
import { restAfterWhole } from "./rest-after-whole.ts";
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
  behind: boolean;
  /** A look was left out for a pause; the next one at the whole makes up for it. */
  skipped: boolean;
  movedAtMs: number;
  running: Promise<void> | undefined;
  /** What is to be looked at next: the whole folder, or files of it. */
  wanted: "all" | Set<string>;
  /** Files that have to be looked at again soon. */
  readonly pending: Set<string>;
  /** The whole folder is looked at again no later than this. */
  nextWholeMs: number;
  timer: Timer | undefined;
  stopped: boolean;
  listener: Listener | undefined;
  /** The folder that is listened to, as the file system numbers it. */
  heard: string | undefined;
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
    behind: false,
    skipped: false,
    movedAtMs: deps.ports.monotonicMs(),
    running: undefined,
    wanted: new Set(),
    pending: new Set(),
    nextWholeMs: 0,
    timer: undefined,
    stopped: false,
    listener: undefined,
    heard: undefined,
  };
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
        {
          ...watch,
          behind: watch.behind || watch.skipped,
          paused: isPaused(watch),
          looking: watch.running !== undefined || watch.timer === undefined,
        },
        deps.ports.monotonicMs(),
      ),
    rescan: () => wake(watch, "all"),
    stop: async () => {
      watch.stopped = true;
      watch.timer?.cancel();
      watch.listener?.stop();
      await watch.running;
    },
  };
}

/**
 * Listens to the folder that has this path now; one that came back, or was put in the place of another, is listened to anew. Called
 * at the start of a look at the whole folder, so that nothing falls between the two.
 */
async function listen(watch: Watch): Promise<void> {
  const { source, deps } = watch;
  if (source.polling) return;
  const { dev, ino } = await stat(source.path).catch((cause: unknown) => Promise.reject(openError(cause, source.path)));
  const found = `${dev}:${ino}`;
  if (found === watch.heard || watch.stopped) return;
  watch.listener?.stop();
  watch.listener = undefined;
  watch.heard = found;
  try {
    watch.listener = listenForChanges(source.path, (names) => void wake(watch, names));
  } catch (error) {
    deps.log.warn({ source: source.name, err: error }, "no file events; rescans go on");
  }
}

/** A person has asked that nothing is read for a while. */
const isPaused = ({ deps }: Watch): boolean => deps.paused?.() === true;

/** One look at a time; a wish that comes meanwhile is one more look. */
function wake(watch: Watch, names: ReadonlySet<string> | "all"): Promise<void> {
  if (names === "all") watch.wanted = "all";
  else if (watch.wanted !== "all") for (const name of names) watch.wanted.add(name);
  watch.running ??= run(watch).finally(() => {
    watch.running = undefined;
  });
  return watch.running;
}

async function run(watch: Watch): Promise<void> {
  const { ports } = watch.deps;
  while (!watch.stopped && (watch.wanted === "all" || watch.wanted.size > 0)) {
    watch.timer?.cancel();
    const startedMs = ports.monotonicMs();
    const wanted = startedMs >= watch.nextWholeMs ? "all" : watch.wanted;
    watch.wanted = new Set();
    await (wanted === "all" ? lookAtWhole(watch) : lookAtSome(watch, wanted));
    if (watch.stopped) return;
    const nowMs = ports.monotonicMs();
    const tookMs = nowMs - startedMs;
    if (wanted === "all") watch.nextWholeMs = nowMs + restAfter(watch, tookMs);
    watch.timer = ports.setTimer(delayUntilNext(watch, nowMs, tookMs), () => void wake(watch, onTimer(watch)));
  }
}

/** A look at a slow share rests as long as it took, unless something in it waits for the next one. */
const restAfter = ({ source, files, pending }: Watch, tookMs: number): number =>
  Math.max(restAfterWhole(source, files), pending.size === 0 ? tookMs : 0);

function delayUntilNext({ source, pending, nextWholeMs }: Watch, nowMs: number, tookMs: number): number {
  const untilWhole = Math.max(0, nextWholeMs - nowMs);
  return pending.size === 0 ? untilWhole : Math.min(Math.max(source.quietMs, 50, tookMs * REST_FACTOR), untilWhole);
}

const onTimer = ({ deps, pending, nextWholeMs }: Watch): ReadonlySet<string> | "all" =>
  pending.size === 0 || deps.ports.monotonicMs() >= nextWholeMs ? "all" : pending;

/** Looks at every file of the folder. */
async function lookAtWhole(watch: Watch): Promise<void> {
  const { deps, source, seen, pending } = watch;
  const began = { monoMs: moved(watch), wallMs: deps.store.now() };
  await orTellWhy(watch, async (reader) => {
    await listen(watch);
    const names = (await readdir(source.path).catch((cause: unknown) => Promise.reject(openError(cause, source.path))))
      .filter(watch.matches)
      .toSorted();
    if ((await lookAtEach(watch, reader, names)) === "broken-off") return;
    const present = new Set(names);
    for (const name of seen.keys()) if (!present.has(name)) seen.delete(name);
    for (const name of pending) if (!present.has(name)) pending.delete(name);
    forgetGone(deps, source, reader, present, watch.missing);
    setCode(watch, undefined);
    watch.files = names.length;
    watch.skipped = false;
    watch.good = { ...began, tookMs: moved(watch) - began.monoMs };
    countUnread(watch);
  });
}

/** Looks at files that something happened to, or that had to rest. The rest of the folder is as it was when the whole was looked at. */
async function lookAtSome(watch: Watch, wanted: ReadonlySet<string>): Promise<void> {
  await orTellWhy(watch, async (reader) => {
    if ((await lookAtEach(watch, reader, [...wanted].filter(watch.matches).toSorted())) === "broken-off") return;
    watch.files = Math.max(watch.files, watch.seen.size);
    countUnread(watch);
  });
}

async function orTellWhy(watch: Watch, look: (reader: Reader) => Promise<void>): Promise<void> {
  const { deps, source } = watch;
  if (isPaused(watch)) {
    watch.skipped = true;
    return;
  }
  try {
    watch.reader ??= await deps.openReader(source.adapter, watch.readConfig());
    await look(watch.reader);
  } catch (error) {
    const code = error instanceof TillsyncError ? error.code : "internal.unexpected";
    if (watch.code !== code) deps.log.error({ source: source.name, code, err: error }, "the source cannot be read");
    setCode(watch, code);
    // What stands in the way may be gone with the next look at the whole.
    watch.pending.clear();
  }
}

async function lookAtEach(watch: Watch, reader: Reader, names: readonly string[]): Promise<"done" | "broken-off"> {
  const { deps, source, seen, pending } = watch;
  for (const name of names) {
    if (watch.stopped || isPaused(watch)) return "broken-off";
    const result = await lookAtFile(
      { deps, source, reader, seen, onMoved: () => moved(watch), onUnread: () => (watch.behind = true) },
      name,
    );
    moved(watch);
    if (result === "again") pending.add(name);
    else pending.delete(name);
    if (result === "gone") seen.delete(name);
  }
  return "done";
}

/** Files with something in them that was not taken yet: those that wait, and those that went before they were read to their end. */
function countUnread(watch: Watch): void {
  watch.behind = false;
  const waiting = [...watch.pending].filter((name) => watch.seen.get(name)?.takenSoFar !== true).length;
  watch.unread = waiting + countCutShort(watch);
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
