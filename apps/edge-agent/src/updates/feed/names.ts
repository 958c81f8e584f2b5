import type { PackageKind } from "../trust/release.ts";

/** The newest release for a kind of machine, at the place where updates are: always the same name. */
export const releaseName = (platform: string, arch: string, kind: PackageKind): string => `tillsync-agent-${platform}-${arch}-${kind}.json`;

/** The root of a version: those after the one that a terminal trusts are followed one by one. */
export const rootName = (version: number): string => `${version}.root.json`;
