import { stat } from "node:fs/promises";
import { join } from "node:path";
import { equalBytes, TillsyncError } from "@tillsync/sync-protocol";
import { setFileAside } from "../capture/capture-file.ts";
import type { PassMode } from "../capture/read-pass.ts";
import type { Reader } from "../capture/reader.ts";
import { findReading, type Reading } from "../capture/readings.ts";
import type { FolderSource } from "../config/config-schema.ts";
import { advanceFile } from "./advance-file.ts";
import { observe, type Observation } from "./file-stability.ts";
import { openError } from "./open-file.ts";
import type { SourceDeps } from "./source-deps.ts";

export interface Look {
  readonly deps: SourceDeps;
  readonly source: FolderSource;
  readonly reader: Reader;
  /** What was seen before; kept by the watcher. */
  readonly seen: Map<string, Observation>;
  /** Told of each commit of what was read. */
  readonly onMoved?: () => void;
  /** Told before a file is read: there is something in it that was not taken yet. */
  readonly onUnread?: () => void;
}

/** `settled`: nothing to do until it changes. `again`: look again when it had time to rest. `gone`: it is not there. */
export type LookResult = "settled" | "again" | "gone";

/**
 * Looks at one file: reads what is new in it, as far as it can be trusted by how long it has stood still. Faults of the
 * file are listed in set-aside; `store.*` is thrown, since then nothing can be kept.
 */
export async function lookAtFile(look: Look, name: string): Promise<LookResult> {
  const { deps, source, reader, seen } = look;
  try {
    const found = await stat(join(source.path, name)).catch((cause: unknown) => {
      throw openError(cause, name);
    });
    if (!found.isFile()) return "settled";
    const now = deps.ports.monotonicMs();
    const observed = observe(seen.get(name), found, now);
    if (observed.settled === true) return "settled";
    seen.set(name, observed);
    const known = findReading(deps.store, source.name, name);
    if (known !== undefined && isSettled(known, found, source, reader)) {
      seen.set(name, { ...observed, settled: true });
      return "settled";
    }
    const mode = modeFor(observed, source, now, found.size);
    if (mode === "wait" || (mode === "growing" && known !== undefined && isTaken(known, found))) {
      seen.set(name, { ...observed, takenSoFar: isTakenTo(known, found.size) });
      return "again";
    }
    look.onUnread?.();
    return await advance(look, name, observed, mode);
  } catch (cause) {
    return fault(look, name, cause);
  }
}

async function advance(look: Look, name: string, observed: Observation, mode: PassMode): Promise<LookResult> {
  const { deps, source, reader, seen } = look;
  const outcome = await advanceFile(look.onMoved === undefined ? deps : { ...deps, onMoved: look.onMoved }, source, reader, name, mode);
  const unclearSinceMs = outcome === "unclear" ? (observed.unclearSinceMs ?? deps.ports.monotonicMs()) : undefined;
  const takenSoFar = outcome === "waiting" && isTakenTo(findReading(deps.store, source.name, name), observed.size);
  seen.set(name, { ...observed, unclearSinceMs, takenSoFar });
  switch (outcome) {
    case "ended":
    case "known":
    case "failed":
    case "unfit":
      return "settled";
    case "waiting":
    case "unclear":
    case "changed":
    case "stopped":
      return "again";
  }
}

function modeFor(observed: Observation, source: FolderSource, nowMs: number, size: number): PassMode | "wait" {
  const restedMs = nowMs - observed.sinceMs;
  if (restedMs >= source.patienceMs && restedMs >= source.quietMs) return "ended";
  if (size === 0) return "wait";
  if (restedMs >= source.quietMs) return "resting";
  const unclearMs = observed.unclearSinceMs === undefined ? 0 : nowMs - observed.unclearSinceMs;
  return unclearMs >= source.patienceMs && observed.unclearSinceMs !== undefined ? "settled" : "growing";
}

/** Read to its end, or known to be unfit, and not moved since. What could not be opened is tried at every look. */
function isSettled(known: Reading, found: { size: number; mtimeMs: number }, source: FolderSource, reader: Reader): boolean {
  if (known.size !== found.size || known.mtimeMs !== found.mtimeMs || !equalBytes(known.reader, reader.fingerprint)) return false;
  if (known.state === "done") return true;
  if (known.code === "source.too-large") return found.size > source.fileBytesMax;
  return known.code === "source.empty" || known.code === "adapter.failed";
}

/** Nothing has come since the last pass; only time can tell more. */
const isTaken = (known: Reading, found: { size: number; mtimeMs: number }): boolean =>
  known.state === "open" && known.hashedTo === found.size && known.mtimeMs === found.mtimeMs;

/** Every byte up to there has become a transaction or was set aside, and more may come. */
const isTakenTo = (known: Reading | undefined, size: number): boolean => known?.state === "open" && known.checkpoint?.offset === size;

function fault({ deps, source, reader }: Look, name: string, cause: unknown): LookResult {
  if (!(cause instanceof TillsyncError) || !cause.code.startsWith("source.")) throw cause;
  if (cause.code === "source.not-found") return "gone";
  if (cause.code === "source.no-permission") {
    const isListed = findOpenFault(deps, source.name, name);
    if (!isListed) setFileAside(deps, { source: source.name, name, reader, code: cause.code, detail: name, size: 0 });
    return "again";
  }
  return "settled";
}

function findOpenFault({ store }: SourceDeps, source: string, name: string): boolean {
  return (
    store
      .prepare<[string, string], { id: number }>(
        "SELECT id FROM set_aside WHERE state = 'open' AND source = ? AND name = ? AND code = 'source.no-permission' LIMIT 1",
      )
      .get(source, name) !== undefined
  );
}
