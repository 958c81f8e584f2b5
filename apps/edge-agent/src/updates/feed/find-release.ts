import { ENVELOPE_BYTES_MAX } from "../trust/envelope.ts";
import { followRoot, ROOTS_MAX } from "../trust/follow-roots.ts";
import { isUpdate, judgeRelease, type Place } from "../trust/judge-release.ts";
import type { Release } from "../trust/release.ts";
import type { Root } from "../trust/root.ts";
import type { ReplicatorPorts } from "../../replicator/ports.ts";
import type { Feed } from "./feed.ts";
import { releaseName, rootName } from "./names.ts";
import { watchPace } from "./watch-pace.ts";

/** Two small files, and at most some roots. */
const LOOK_DEADLINE_MS = 60_000;

export interface Found {
  /** The newest release, when it is one for here and newer than what is installed. */
  readonly release: Release | undefined;
  /** Its signed text. */
  readonly envelope: Uint8Array | undefined;
  /** Roots that were followed to, with their texts; to be kept before the release is. */
  readonly roots: readonly { readonly root: Root; readonly envelope: Uint8Array }[];
}

/**
 * Looks for the newest release at a place, following new roots first. Nothing newer, or nothing at all: no release.
 * Throws `update.*` of `judgeRelease` and `followRoot`, and `update.unreachable`.
 */
export async function findRelease(
  feed: Feed,
  trusted: Root,
  place: Place,
  ports: Pick<ReplicatorPorts, "setTimer">,
  signal: AbortSignal,
): Promise<Found> {
  // One window as long as the deadline: small files have no pace.
  const pace = watchPace(ports, LOOK_DEADLINE_MS, signal, { everyMs: LOOK_DEADLINE_MS, bytes: 0 });
  try {
    const roots: { root: Root; envelope: Uint8Array }[] = [];
    let root = trusted;
    while (roots.length < ROOTS_MAX) {
      const envelope = await feed.readSmall(rootName(root.version + 1), ENVELOPE_BYTES_MAX, pace.signal);
      if (envelope === undefined) break;
      root = followRoot(root, envelope);
      roots.push({ root, envelope });
    }
    const envelope = await feed.readSmall(releaseName(place.platform, place.arch, place.package), ENVELOPE_BYTES_MAX, pace.signal);
    const release = envelope === undefined ? undefined : judgeRelease(envelope, root, place);
    if (release === undefined || !isUpdate(release, place)) return { release: undefined, envelope: undefined, roots };
    return { release, envelope, roots };
  } catch (cause) {
    if (pace.signal.aborted) throw pace.signal.reason;
    throw cause;
  } finally {
    pace.stop();
  }
}
