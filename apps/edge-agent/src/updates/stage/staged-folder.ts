import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, fsyncSync, mkdirSync, openSync, readdirSync, readSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writePrivateFile } from "../../keys/private-file.ts";
import type { Release } from "../trust/release.ts";

/** What lies in the folder of a staged update, and nothing else. The names are ours; those of a release make no path. */
export const STAGED_FILES = ["package", "release.json", "roots.json"] as const;
const READ_BYTES = 256 * 1024;

export const updatesFolder = (dir: string): string => join(dir, "updates");
export const stagedFolder = (dir: string): string => join(updatesFolder(dir), "staged");
const downloadFolder = (dir: string): string => join(updatesFolder(dir), "download");
export const armedFile = (dir: string): string => join(updatesFolder(dir), "armed.json");

/** Where a file is collected: one folder for each, so that nothing of another is gone on from. */
export function partFile(dir: string, { file }: Release): string {
  const folder = join(downloadFolder(dir), file.sha256);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, "package");
}

/** Puts a whole download in place: the folder takes its new name at once, so that there is all of it or nothing. */
export function stageDownload(dir: string, release: Release, envelope: Uint8Array, roots: readonly Uint8Array[]): void {
  const folder = join(downloadFolder(dir), release.file.sha256);
  writePrivateFile(join(folder, "release.json"), Buffer.from(envelope).toString("utf8"));
  writePrivateFile(join(folder, "roots.json"), JSON.stringify(roots.map((bytes) => Buffer.from(bytes).toString("base64"))));
  rmSync(stagedFolder(dir), { recursive: true, force: true });
  renameSync(folder, stagedFolder(dir));
  syncFolder(updatesFolder(dir));
  // What is left of others that were begun.
  rmSync(downloadFolder(dir), { recursive: true, force: true });
}

/** Whether the staged folder holds just this release, byte for byte. */
export function isStaged(dir: string, { file }: Release): boolean {
  try {
    const names = readdirSync(stagedFolder(dir)).toSorted();
    return names.join() === STAGED_FILES.join() && hashOf(join(stagedFolder(dir), "package"), file.bytes) === file.sha256;
  } catch {
    return false;
  }
}

/** What is said to the root job. It is gone before anything else happens to the update. */
export function writeArmed(dir: string, armed: { readonly sha256: string; readonly version: string; readonly untilMs: number }): void {
  writePrivateFile(armedFile(dir), `${JSON.stringify(armed)}\n`);
}

export const removeArmed = (dir: string): void => rmSync(armedFile(dir), { force: true });

export function discardFiles(dir: string): void {
  rmSync(stagedFolder(dir), { recursive: true, force: true });
  rmSync(downloadFolder(dir), { recursive: true, force: true });
}

function hashOf(path: string, bytes: number): string | undefined {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.size !== bytes) return undefined;
    const hash = createHash("sha256");
    const buffer = Buffer.alloc(READ_BYTES);
    for (let n = readSync(file, buffer); n > 0; n = readSync(file, buffer)) hash.update(buffer.subarray(0, n));
    return hash.digest("hex");
  } finally {
    closeSync(file);
  }
}

function syncFolder(dir: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(dir, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
