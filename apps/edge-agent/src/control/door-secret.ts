import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { TillsyncError } from "@tillsync/sync-protocol";
import { secretPath } from "./address.ts";
import { DOOR_MODES, type DoorKind } from "./door.ts";

const SECRET_BYTES = 32;
const SECRET = /^[A-Za-z0-9_-]{43}$/;
/** One secret and a line end; what is longer is none. */
const FILE_BYTES_MAX = 64;
/** Rights that no door's secret has: to write for the group, anything for all others. */
const NOBODY_ELSE = 0o037;
/** A link is not followed, and a pipe in the file's place does not keep us waiting. Windows knows neither. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

interface Found {
  readonly text: string;
  readonly mode: number;
  readonly uid: number;
}

/**
 * The secret of a door, for its agent: the one that is there if nobody else can have written or read it, a new one
 * otherwise. Throws `keys.unreadable`, and `door.taken` where no file can be put in its place.
 */
export function openDoorSecret(dir: string, kind: DoorKind): string {
  const found = read(secretPath(dir), "any");
  const own = found !== undefined && found !== "no-file" && (found.uid === process.getuid?.() || process.platform === "win32");
  if (own && SECRET.test(found.text) && (process.platform === "win32" || found.mode === DOOR_MODES[kind].secret)) return found.text;
  return renewDoorSecret(dir, kind);
}

/** Puts a new secret in the place of whatever is there, in one step. Throws `door.taken`, `keys.unreadable`. */
export function renewDoorSecret(dir: string, kind: DoorKind): string {
  const path = secretPath(dir);
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  const beside = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  const file = openSync(beside, "wx", 0o600);
  try {
    writeSync(file, `${secret}\n`);
    if (kind === "staff") giveToGroupOf(dir, file);
    fchmodSync(file, DOOR_MODES[kind].secret);
    fsyncSync(file);
    renameSync(beside, path);
  } catch (cause) {
    rmSync(beside, { force: true });
    if (["EISDIR", "ENOTDIR", "EEXIST", "ENOTEMPTY"].includes((cause as NodeJS.ErrnoException).code ?? ""))
      throw new TillsyncError("door.taken", path, { cause });
    throw cause;
  } finally {
    closeSync(file);
  }
  return secret;
}

/**
 * The secret of a door, for who wants in; undefined where there is none, so that no agent has been here. Throws
 * `keys.permissions` where all may read it or others may change it, `keys.unreadable`, and `door.taken` for what is no file.
 */
export function readDoorSecret(dir: string): string | undefined {
  const path = secretPath(dir);
  const found = read(path, "needed");
  if (found === undefined) return undefined;
  if (found === "no-file") throw new TillsyncError("door.taken", path);
  if (process.platform !== "win32" && (found.mode & NOBODY_ELSE) !== 0)
    throw new TillsyncError("keys.permissions", `${path} has mode ${found.mode.toString(8)}`);
  return found.text;
}

function read(path: string, readable: "needed" | "any"): Found | "no-file" | undefined {
  let file: number;
  try {
    file = openSync(path, OPEN_FLAGS);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (code === "ELOOP" || code === "EMLINK" || code === "EISDIR" || code === "ENXIO" || readable === "any") return "no-file";
    throw new TillsyncError("keys.unreadable", path, { cause });
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) return "no-file";
    const bytes = Buffer.alloc(FILE_BYTES_MAX);
    const text = bytes.toString("utf8", 0, readSync(file, bytes)).trim();
    return { text, mode: stat.mode & 0o777, uid: stat.uid };
  } finally {
    closeSync(file);
  }
}

/** The group of the door's folder may read. A process may give to its own groups alone. */
function giveToGroupOf(dir: string, file: number): void {
  if (process.platform === "win32") return;
  fchownSync(file, -1, statSync(dir).gid);
}
