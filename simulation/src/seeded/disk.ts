import { copyFileSync, cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { DATABASE_FILE } from "../../../apps/edge-agent/src/store/open-store.ts";
import { folderFingerprint } from "../../../apps/edge-agent/src/keys/folder-fingerprint.ts";

/** Power cuts are not simulated here (the store's own tests do that), so that a disk in memory is as good and much faster. */
const ROOT = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

export const makeDisk = (): string => mkdtempSync(join(ROOT, "tillsync-seeded-"));
export const removeDisk = (dir: string): void => rmSync(dir, { recursive: true, force: true });

/** A copy of a data folder that nobody has open: files alone, keys included. */
export function copyDisk(from: string): string {
  const to = makeDisk();
  cpSync(join(from, "keys"), join(to, "keys"), { recursive: true });
  copyFileSync(join(from, DATABASE_FILE), join(to, DATABASE_FILE));
  return to;
}

/** Puts a copy's files in the place of what is there. */
export function putBack(copy: string, dir: string): void {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(join(dir, DATABASE_FILE + suffix), { force: true });
  copyFileSync(join(copy, DATABASE_FILE), join(dir, DATABASE_FILE));
}

/**
 * Makes the folder look moved to its agent (`copied`: files put elsewhere) or untouched (`image`: a whole disk brought
 * back, with inode, path and machine id). Said outright, since whether a real inode is used again is chance.
 */
export function setFingerprint(dir: string, as: "copied" | "image"): void {
  const file = join(dir, DATABASE_FILE);
  const db = new Database(file);
  const value = as === "image" ? folderFingerprint(file) : "somewhere else";
  db.prepare("UPDATE meta SET value = ? WHERE key = 'folder-fingerprint'").run(value);
  db.close();
}
