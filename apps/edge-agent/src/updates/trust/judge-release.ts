import { TillsyncError } from "@tillsync/sync-protocol";
import { openEnvelope, RELEASE_TYPE } from "./envelope.ts";
import { releaseSchema, type PackageKind, type Release } from "./release.ts";
import type { Root } from "./root.ts";
import { compareVersions } from "./version.ts";

/** What a release must fit: the machine, and what was there before. */
export interface Place {
  readonly platform: string;
  readonly arch: string;
  readonly package: PackageKind;
  /** What is installed. */
  readonly version: string;
  /** The highest version that was ever installed or staged here; nothing older is taken. */
  readonly floor: string;
  /** SHA-256 of files that failed here, or that a person declined. */
  readonly refused: readonly string[];
  /** The right time as far as it is known, in ms since 1970; never less than the newest signed time that was seen. */
  readonly nowMs: number;
}

/**
 * The release in a signed text, if it may be installed here. Throws `update.signature`, `update.malformed`,
 * `update.wrong-place`, `update.expired`, `update.rollback`, `update.refused`.
 */
export function judgeRelease(bytes: Uint8Array, root: Root, place: Place): Release {
  const release = openEnvelope(bytes, RELEASE_TYPE, releaseSchema, [root.roles.release]);
  if (Date.parse(root.expires) <= place.nowMs) throw new TillsyncError("update.expired", `root ${root.version}: ${root.expires}`);
  const { platform, arch, package: kind, version, expires, file } = release;
  if (platform !== place.platform || arch !== place.arch || kind !== place.package)
    throw new TillsyncError("update.wrong-place", `${platform}-${arch}-${kind} for ${place.platform}-${place.arch}-${place.package}`);
  if (Date.parse(expires) <= place.nowMs) throw new TillsyncError("update.expired", `${version}: ${expires}`);
  if (compareVersions(version, place.floor) < 0 || compareVersions(version, place.version) < 0)
    throw new TillsyncError("update.rollback", `${version} is older than ${place.floor}`);
  if (place.refused.includes(file.sha256)) throw new TillsyncError("update.refused", version);
  return release;
}

/** No downgrade and no second time: only a version above the installed one is an update. */
export const isUpdate = (release: Release, place: Pick<Place, "version">): boolean => compareVersions(release.version, place.version) > 0;
