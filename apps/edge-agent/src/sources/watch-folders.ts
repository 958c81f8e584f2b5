import { adapterConfigOf } from "../config/load-config.ts";
import type { AgentConfig, FolderSource } from "../config/config-schema.ts";
import type { SourceStatus } from "../health/status.ts";
import type { SourceSnapshot } from "../window-api/snapshot.ts";
import type { SourceDeps } from "./source-deps.ts";
import { watchFolder, type FolderWatch } from "./watch-folder.ts";

export interface FolderWatches {
  readonly status: () => SourceStatus[];
  /** How they stand for tray and window; cheap. */
  readonly snapshot: () => SourceSnapshot[];
  /** Looks at all of them now, as after a sleep or a pause. Resolves when all were looked at. */
  readonly rescan: () => Promise<void>;
  /** The configuration in force. */
  readonly config: () => AgentConfig;
  /** Takes another configuration: sources that stay as they are go on, others stop or start. */
  readonly replace: (config: AgentConfig) => Promise<void>;
  readonly stop: () => Promise<void>;
}

interface Running {
  readonly source: FolderSource;
  /** Source and adapter configuration as text: whether anything changed. */
  readonly text: string;
  readonly watch: FolderWatch;
}

/** Watches all configured folders. One that cannot be read does not touch the others. */
export function watchFolders(deps: SourceDeps, dir: string, initial: AgentConfig): FolderWatches {
  let config = initial;
  let running: Running[] = initial.sources.map((source) => start(deps, dir, source));
  return {
    status: () => running.map(({ watch }) => watch.status()),
    snapshot: () => running.map(({ watch }) => watch.snapshot()),
    rescan: async () => {
      await Promise.all(running.map(({ watch }) => watch.rescan()));
    },
    config: () => config,
    replace: async (next) => {
      const wanted = next.sources.map((source) => ({ source, text: textOf(dir, source) }));
      const stays = running.filter((old) => wanted.some(({ text }) => text === old.text));
      await Promise.all(running.filter((old) => !stays.includes(old)).map(({ watch }) => watch.stop()));
      running = wanted.map(({ source, text }) => stays.find((old) => old.text === text) ?? start(deps, dir, source));
      config = next;
    },
    stop: async () => {
      await Promise.all(running.map(({ watch }) => watch.stop()));
    },
  };
}

function start(deps: SourceDeps, dir: string, source: FolderSource): Running {
  const watch = watchFolder(deps, source, () => adapterConfigOf(dir, source));
  void watch.rescan();
  return { source, text: textOf(dir, source), watch };
}

/** A mapping file that cannot be read now is told by the source itself. */
function textOf(dir: string, source: FolderSource): string {
  try {
    return JSON.stringify([source, adapterConfigOf(dir, source)]);
  } catch {
    return JSON.stringify([source]);
  }
}
