import type { AgentConfig } from "../config/config-schema.ts";
import type { Handlers } from "../control/methods.ts";
import { askAgent } from "../control/ask-agent.ts";
import { AGENT_VERSION } from "../enrol/agent-version.ts";
import type { Maintenance } from "../health/maintenance.ts";
import type { Reference } from "../reference/start-reference.ts";
import type { ReferenceStore } from "../reference/store/reference-store.ts";
import { findDocument } from "../reference/store/find-documents.ts";
import type { ReplicatorPorts } from "../replicator/ports.ts";
import type { Uplink } from "../replicator/start-uplink.ts";
import type { SourceDeps } from "../sources/source-deps.ts";
import type { FolderWatches } from "../sources/watch-folders.ts";
import { folderFeed } from "./feed/folder-feed.ts";
import type { Feed } from "./feed/feed.ts";
import { httpFeed } from "./feed/http-feed.ts";
import type { Signs } from "./hours/judge-moment.ts";
import { openingHoursSchema, type OpeningHours } from "./hours/opening-hours.ts";
import { startUpdates, type Updates } from "./start-updates.ts";
import { tellHealth } from "./tell-health.ts";
import { packageFolder, readPackageTrust, type PackageTrust } from "./trust/package-trust.ts";

export interface ServeUpdatesDeps extends SourceDeps {
  readonly dir: string;
  readonly ports: ReplicatorPorts & { readonly env: NodeJS.ProcessEnv };
  /** The program that runs: the keys are in its package. */
  readonly program: string;
  readonly uplink: Uplink;
  readonly reference: Reference;
  readonly sources: FolderWatches;
  readonly maintenance: Maintenance;
}

export interface ServedUpdates extends Pick<Updates, "waiting" | "problem" | "noteActivity" | "stop"> {
  readonly handlers: Pick<Handlers, "updates-status" | "updates-check" | "updates-decline">;
}

/** Updates of a running agent, with what the rest of it knows. */
export function serveUpdates(deps: ServeUpdatesDeps): ServedUpdates {
  const { dir, ports, sources } = deps;
  const settings = () => sources.config().updates;
  const updates = startUpdates({
    ...deps,
    version: AGENT_VERSION,
    platform: process.platform,
    arch: process.arch,
    trust: trustOf(deps),
    config: () => ({ ...settings(), feed: feedOf(sources.config(), ports.env, deps.uplink) }),
    signs: () => signsOf(deps),
  });
  const health = tellHealth({ ...deps, stateFolder: () => settings().stateFolder, ask: () => askAgent(dir, "snapshot", {}) });
  return {
    ...updates,
    handlers: { "updates-status": updates.status, "updates-check": updates.check, "updates-decline": updates.decline },
    stop: async () => {
      health.stop();
      await updates.stop();
    },
  };
}

/** Keys that cannot be read take no updates, and keep nobody from selling. */
function trustOf({ program, log }: ServeUpdatesDeps): PackageTrust | undefined {
  try {
    return readPackageTrust(packageFolder(program));
  } catch (error) {
    log.error({ err: error }, "the package's signing keys cannot be read: no updates are taken");
    return undefined;
  }
}

function feedOf({ updates: { url, folder } }: AgentConfig, env: NodeJS.ProcessEnv, uplink: Uplink): (() => Feed) | undefined {
  if (folder !== undefined) return () => folderFeed(folder);
  return url === undefined ? undefined : () => httpFeed({ url, env, caFile: uplink.enrolment()?.caFile });
}

function signsOf({ uplink, reference, sources, maintenance, guard }: ServeUpdatesDeps): Signs {
  const store = uplink.enrolment()?.store;
  const { state } = uplink.line();
  return {
    offsetMs: uplink.clock().offsetMs,
    timeZone: store === undefined ? undefined : quietly(() => findDocument(reference.store, "stores", store)?.timeZone),
    hours: findHours(reference.store, sources.config()),
    isDraining: state === "sending",
    isReading: sources.snapshot().some((source) => source.state === "reading"),
    isPaused: maintenance.pause() !== null,
    isDiskFull: guard.state() === "full",
  };
}

/** What head office has set as `opening-hours`, else what the terminal's own configuration says. Another shape is none. */
export function findHours(reference: ReferenceStore, { trading }: Pick<AgentConfig, "trading">): OpeningHours | undefined {
  const set = openingHoursSchema.safeParse(quietly(() => findDocument(reference, "configuration", "opening-hours")?.value));
  return set.data ?? trading;
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
