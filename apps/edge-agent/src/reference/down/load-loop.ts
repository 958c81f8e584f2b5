import { collections, REFERENCE_PATHS, snapshotsAnswerSchema, TillsyncError, type SnapshotManifest } from "@tillsync/sync-protocol";
import { ANSWER_DEADLINE_MS, CHUNK_IDLE_MS, MANIFEST_BYTES_MAX } from "../limits.ts";
import { removeChunks } from "../load/fetch-chunk.ts";
import { loadSnapshot } from "../load/load-snapshot.ts";
import { adoptedScopes } from "../store/adopt-scopes.ts";
import { beginFirstLoads, underWay } from "../store/first-loads.ts";
import { isLoaded, isLoading, keepTrying, markDirty, type Down } from "./down.ts";
import { LineFailed } from "./line-failed.ts";

/** A cloud that has no snapshots to give is asked so often before everything is pulled instead. */
const UNPLANNED_FAILURES_MAX = 3;
/** Nothing to load: until the bell rings. */
const IDLE_MS = 3_600_000;

/** First loads, until the run ends: what is not there comes as snapshots, in the order of the collections. */
export function runLoads(down: Down): Promise<void> {
  let unplanned = 0;
  return keepTrying(down, "load", async () => {
    if (down.planned && underWay(down.store.file).length === 0) return down.bells.load.wait(IDLE_MS, down.signal);
    try {
      if (collections.every((collection) => isLoaded(down, collection))) plan(down, []);
      else await loadAll(down, plan(down, await askManifests(down)));
      unplanned = 0;
    } catch (error) {
      unplanned += 1;
      if (unplanned >= UNPLANNED_FAILURES_MAX && !down.planned) {
        down.planned = true;
        markDirty(down, ...collections);
      }
      throw error;
    }
  });
}

async function askManifests({ line, signal, store }: Down): Promise<readonly SnapshotManifest[]> {
  const body = await line.getJson({
    path: REFERENCE_PATHS.snapshots,
    idleMs: CHUNK_IDLE_MS,
    deadlineMs: ANSWER_DEADLINE_MS,
    bytesMax: MANIFEST_BYTES_MAX,
    signal,
  });
  const parsed = snapshotsAnswerSchema.safeParse(body);
  if (!parsed.success)
    throw new LineFailed({ code: "wire.malformed", detail: `snapshots: ${parsed.error.issues[0]?.path.join(".") ?? ""}` });
  const visible = adoptedScopes(store.file);
  return parsed.data.snapshots
    .filter(({ scope }) => visible.includes(scope))
    .toSorted((a, b) => collections.indexOf(a.collection) - collections.indexOf(b.collection));
}

/** What no snapshot brings is pulled from now on. */
function plan(down: Down, manifests: readonly SnapshotManifest[]): readonly SnapshotManifest[] {
  const wanted = beginFirstLoads(down.store, manifests);
  down.planned = true;
  markDirty(down, ...collections.filter((collection) => !isLoaded(down, collection)));
  return wanted;
}

/** A snapshot that is not what it says it is does not keep the next ones waiting. */
async function loadAll(down: Down, manifests: readonly SnapshotManifest[]): Promise<void> {
  const { store, line, reserve, ports } = down;
  const deps = { dir: store.dir, store, line, reserve, monotonicMs: ports.monotonicMs, signal: down.signal };
  let bad: unknown;
  for (const manifest of manifests) {
    try {
      await loadSnapshot(deps, manifest);
      if (!isLoading(down, manifest.collection)) markDirty(down, manifest.collection);
    } catch (error) {
      if (!(error instanceof TillsyncError && error.code === "reference.chunk-damaged")) throw error;
      bad ??= error;
    }
  }
  if (bad !== undefined) throw bad;
  await removeChunks(store.dir);
}
