import { createHash, type Hash } from "node:crypto";
import { closeSync, constants, fstatSync, fsyncSync, mkdirSync, openSync, readdirSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { z } from "zod";
import { STAGED_FILES } from "../stage/staged-folder.ts";
import { ENVELOPE_BYTES_MAX } from "../trust/envelope.ts";
import { followRoots, ROOTS_MAX } from "../trust/follow-roots.ts";
import { isUpdate, judgeRelease, type Place } from "../trust/judge-release.ts";
import type { Release } from "../trust/release.ts";
import type { Root } from "../trust/root.ts";

const CHUNK_BYTES = 256 * 1024;
const ROOTS_BYTES_MAX = ENVELOPE_BYTES_MAX * 2 * ROOTS_MAX;
const rootsSchema = z.array(z.base64()).max(ROOTS_MAX);

export interface Taken {
  readonly release: Release;
  /** A copy that only root can write to, whose bytes were hashed as they were written. */
  readonly file: string;
}

/**
 * Takes a staged update out of a folder that somebody else owns: what was read is copied to a folder of the job's own and
 * proven there, so that nothing that is changed afterwards is of any effect. Undefined: it is in place already. Throws `update.tampered` for links, second
 * names, pipes and files that do not belong there, and what `judgeRelease` throws.
 */
export function takeStaged(staged: string, own: string, trusted: Root, place: Place): Taken | undefined {
  requireOnly(staged);
  const envelope = readSmall(join(staged, "release.json"), ENVELOPE_BYTES_MAX);
  const roots = parseRoots(readSmall(join(staged, "roots.json"), ROOTS_BYTES_MAX));
  const release = judgeRelease(envelope, followRoots(trusted, roots), place);
  if (!isUpdate(release, place)) return undefined;
  const file = copyOut(join(staged, "package"), own, release);
  return { release, file };
}

export const ownCopy = (own: string, kind: Release["package"]): string => join(own, kind === "deb" ? "package.deb" : "package.tar.gz");

/** Whether the job's own copy still is what was proven: it may be hours old, and the disk may be bad. */
export function isOwnCopy(path: string, file: { readonly bytes: number; readonly sha256: string }): boolean {
  try {
    const hash = createHash("sha256");
    const size = readAll(openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)), file.bytes, hash, () => undefined);
    return size === file.bytes && hash.digest("hex") === file.sha256;
  } catch {
    return false;
  }
}

function requireOnly(staged: string): void {
  let names: string[];
  try {
    names = readdirSync(staged).toSorted();
  } catch (cause) {
    throw new TillsyncError("update.tampered", "no staged update", { cause });
  }
  if (names.join() !== STAGED_FILES.join())
    throw new TillsyncError("update.tampered", `files: ${names.slice(0, 5).join(", ").slice(0, 100)}`);
}

/** A regular file with one name: what stands there under a link was put there by somebody else than the agent. */
function openPlain(path: string): { fd: number; size: number } {
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const { size, nlink } = fstatSync(fd);
    if (fstatSync(fd).isFile() && nlink === 1) return { fd, size };
  } catch (cause) {
    if (fd !== undefined) closeSync(fd);
    throw new TillsyncError("update.tampered", path, { cause });
  }
  closeSync(fd);
  throw new TillsyncError("update.tampered", `${path} is no plain file`);
}

function readSmall(path: string, bytesMax: number): Uint8Array {
  const { fd, size } = openPlain(path);
  if (size > bytesMax) {
    closeSync(fd);
    throw new TillsyncError("update.malformed", `${path}: more than ${bytesMax} bytes`);
  }
  const chunks: Uint8Array[] = [];
  readAll(fd, bytesMax, undefined, (chunk) => chunks.push(Buffer.from(chunk)));
  return Buffer.concat(chunks);
}

function copyOut(path: string, own: string, { file, package: kind }: Release): string {
  const { fd, size } = openPlain(path);
  if (size !== file.bytes) {
    closeSync(fd);
    throw new TillsyncError("update.wrong-file", `${size} bytes of ${file.bytes}`);
  }
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own, { mode: 0o700 });
  const target = ownCopy(own, kind);
  const out = openSync(target, "wx", 0o600);
  const hash = createHash("sha256");
  try {
    const copied = readAll(fd, file.bytes, hash, (chunk) => void writeSync(out, chunk));
    fsyncSync(out);
    if (copied === file.bytes && hash.digest("hex") === file.sha256) return target;
  } finally {
    closeSync(out);
  }
  rmSync(own, { recursive: true, force: true });
  throw new TillsyncError("update.wrong-file", `${file.name} is not what was signed`);
}

/** Reads to the end, but never more than one byte past the bound. Closes the file. */
function readAll(fd: number, bytesMax: number, hash: Hash | undefined, take: (chunk: Uint8Array) => void): number {
  try {
    const buffer = Buffer.alloc(CHUNK_BYTES);
    let size = 0;
    for (;;) {
      const n = readSync(fd, buffer, 0, Math.min(buffer.length, bytesMax - size + 1), null);
      if (n === 0) return size;
      size += n;
      if (size > bytesMax) return size;
      const chunk = buffer.subarray(0, n);
      hash?.update(chunk);
      take(chunk);
    }
  } finally {
    closeSync(fd);
  }
}

function parseRoots(bytes: Uint8Array): Uint8Array[] {
  try {
    return rootsSchema.parse(JSON.parse(Buffer.from(bytes).toString("utf8"))).map((text) => Buffer.from(text, "base64"));
  } catch (cause) {
    throw new TillsyncError("update.malformed", "roots.json", { cause });
  }
}
