import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { releaseName } from "../feed/names.ts";
import { RELEASE_TYPE, ROOT_TYPE } from "../trust/envelope.ts";
import type { Place } from "../trust/judge-release.ts";
import type { Release } from "../trust/release.ts";
import type { Root } from "../trust/root.ts";
import { publicName, signEnvelope } from "../trust/sign-envelope.ts";

export const NOW_MS = Date.UTC(2026, 10, 2, 12);
const DAY_MS = 86_400_000;
const iso = (ms: number): string => new Date(ms).toISOString();

export const makeSigners = (n: number): KeyObject[] => Array.from({ length: n }, () => generateKeyPairSync("ed25519").privateKey);

export function madeRoot(keys: readonly KeyObject[], threshold = 2, version = 1): Root {
  const role = { keys: keys.map(publicName), threshold };
  return { version, expires: iso(NOW_MS + 1_000 * DAY_MS), roles: { root: role, release: role } };
}

/** A release of some bytes; any field may be another. */
export function madeRelease(version: string, bytes: Uint8Array, other: Partial<Release> = {}): Release {
  return {
    product: "tillsync-agent",
    version,
    platform: "linux",
    arch: "x64",
    package: "tar",
    file: {
      name: `tillsync-agent-${version}-linux-x64.tar.gz`,
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    },
    releasedAt: iso(NOW_MS - DAY_MS),
    expires: iso(NOW_MS + 300 * DAY_MS),
    ...other,
  };
}

export const place = (other: Partial<Place> = {}): Place => ({
  platform: "linux",
  arch: "x64",
  package: "tar",
  version: "1.0.0",
  floor: "1.0.0",
  refused: [],
  nowMs: NOW_MS,
  ...other,
});

const bytesOf = (value: unknown): Uint8Array => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
export const signedRelease = (release: unknown, keys: readonly KeyObject[]): Uint8Array =>
  bytesOf(signEnvelope(RELEASE_TYPE, bytesOf(release), keys));
export const signedRoot = (root: unknown, keys: readonly KeyObject[]): Uint8Array => bytesOf(signEnvelope(ROOT_TYPE, bytesOf(root), keys));

/** Publishes a release in a folder as a vendor would. */
export function publish(folder: string, release: Release, bytes: Uint8Array, keys: readonly KeyObject[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, release.file.name), bytes);
  writeFileSync(join(folder, releaseName(release.platform, release.arch, release.package)), signedRelease(release, keys));
}
