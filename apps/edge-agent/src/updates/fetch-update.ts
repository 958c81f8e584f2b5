import { TillsyncError } from "@tillsync/sync-protocol";
import { freeBytes } from "../health/disk-guard.ts";
import type { ReplicatorPorts } from "../replicator/ports.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { downloadFile } from "./feed/download-file.ts";
import type { Feed } from "./feed/feed.ts";
import { findRelease } from "./feed/find-release.ts";
import { keepRoot, keptRoots, refusedFiles } from "./stage/keep-state.ts";
import { partFile, stageDownload } from "./stage/staged-folder.ts";
import type { UpdateEvent } from "./stage/step.ts";
import type { UpdateState } from "./stage/update-state.ts";
import { followRoots } from "./trust/follow-roots.ts";
import type { PackageTrust } from "./trust/package-trust.ts";
import { rightTimeMs } from "./trust/right-time.ts";

/** The file, root's copy, what is kept of the version before, what is unpacked: some eight times the file. Sales come first. */
const FREE_FILES = 8;
/** Beyond that, as many years of sales as a terminal is in a shop. */
const FREE_BYTES = 256 * 1024 * 1024;

export interface FetchDeps {
  readonly dir: string;
  readonly store: AgentStore;
  readonly ports: Pick<ReplicatorPorts, "wallMs" | "setTimer">;
  readonly version: string;
  readonly platform: string;
  readonly arch: string;
  readonly trust: PackageTrust;
  readonly feed: () => Feed;
  readonly signs: () => { readonly offsetMs: number | null };
  readonly signal: AbortSignal;
  readonly state: () => UpdateState;
  readonly apply: (event: UpdateEvent) => void;
  /** Bytes that may still be written to the folder's disk. */
  readonly freeBytes?: (dir: string) => number;
  readonly pace?: { readonly everyMs: number; readonly bytes: number };
}

/**
 * Looks for the newest release, and brings it to the staged folder when it is one for here. Throws `update.*` and
 * `store.disk-full`; what was downloaded until then is gone on from.
 */
export async function fetchUpdate(deps: FetchDeps): Promise<void> {
  const { dir, store, trust, signal } = deps;
  const feed = deps.feed();
  try {
    const { floor } = deps.state();
    const place = {
      platform: deps.platform,
      arch: deps.arch,
      package: trust.kind,
      version: deps.version,
      floor: floor.version,
      refused: refusedFiles(store),
      nowMs: rightTimeMs(deps.ports.wallMs(), deps.signs().offsetMs, floor.ms),
    };
    const found = await findRelease(feed, followRoots(trust.root, keptRoots(store)), place, deps.ports, signal);
    for (const { root, envelope } of found.roots) keepRoot(store, root.version, envelope);
    if (found.release !== undefined && found.envelope !== undefined)
      deps.apply({ kind: "offered", release: found.release, envelope: Buffer.from(found.envelope).toString("base64") });
    const { phase } = deps.state();
    if (phase.kind !== "downloading") return;
    const { release } = phase;
    if ((deps.freeBytes ?? freeBytes)(dir) < release.file.bytes * FREE_FILES + FREE_BYTES)
      throw new TillsyncError("store.disk-full", "no room for an update beside the sales");
    await downloadFile({
      feed,
      file: release.file,
      path: partFile(dir, release),
      ports: deps.ports,
      signal,
      ...(deps.pace && { pace: deps.pace }),
    });
    // A person may have declined it meanwhile.
    if (deps.state().phase !== phase) return;
    stageDownload(dir, release, Buffer.from(phase.envelope, "base64"), keptRoots(store));
    deps.apply({ kind: "downloaded", sha256: release.file.sha256, atMs: deps.ports.wallMs() });
  } finally {
    await feed.close();
  }
}
