import { execFileSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { madeRelease, madeRoot, makeSigners, place, signedRelease, signedRoot } from "../testing/made-releases.ts";
import { ENVELOPE_BYTES_MAX } from "../trust/envelope.ts";
import { isOwnCopy, ownCopy, takeStaged } from "./take-staged.ts";

const keys = makeSigners(3);
const root = madeRoot(keys);
const bytes = Buffer.alloc(600_000, "package");
const release = madeRelease("1.1.0", bytes);

let dir: string;
let staged: string;
let own: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsync-take-"));
  [staged, own] = [join(dir, "staged"), join(dir, "own")];
  mkdirSync(staged);
  put("package", bytes);
  put("release.json", signedRelease(release, keys));
  put("roots.json", "[]");
});
afterEach(() => rmSync(dir, { recursive: true }));

const run = (file: string, ...args: string[]): string => execFileSync(file, args, { encoding: "utf8" });
const put = (name: string, content: Uint8Array | string): void => writeFileSync(join(staged, name), content);
const take = () => {
  const taken = takeStaged(staged, own, root, place());
  if (taken === undefined) throw new Error("nothing was taken");
  return taken;
};
const coded = (code: string): unknown => expect.objectContaining({ code });

describe("the root job", () => {
  it("takes a copy of its own, which nobody else can change any more", () => {
    const { release: taken, file } = take();
    expect([taken, file]).toEqual([release, ownCopy(own, "tar")]);
    put("package", "swapped after it was looked at");
    rmSync(staged, { recursive: true });
    expect(readFileSync(file)).toEqual(bytes);
    expect(isOwnCopy(file, release.file)).toBe(true);
    writeFileSync(file, "a bad disk");
    expect(isOwnCopy(file, release.file)).toBe(false);
  });

  it("follows roots that the agent has followed, by itself", () => {
    const fresh = makeSigners(3);
    const text = (root: Uint8Array): string => JSON.stringify([Buffer.from(root).toString("base64")]);
    put("release.json", signedRelease(release, fresh));
    expect(() => take()).toThrow(coded("update.signature"));
    put("roots.json", text(signedRoot(madeRoot(fresh, 2, 2), fresh)));
    expect(() => take()).toThrow(coded("update.signature"));
    put("roots.json", text(signedRoot(madeRoot(fresh, 2, 2), [...keys, ...fresh])));
    expect(take().release).toEqual(release);
  });

  it.each<[string, () => void]>([
    [
      "a link in place of the package",
      () => (renameSync(join(staged, "package"), join(dir, "p")), symlinkSync(join(dir, "p"), join(staged, "package"))),
    ],
    [
      "a link in place of the description",
      () => (rmSync(join(staged, "release.json")), symlinkSync("/etc/passwd", join(staged, "release.json"))),
    ],
    ["a second name of the package", () => linkSync(join(staged, "package"), join(dir, "p"))],
    ["a file too many", () => put("run-me.sh", "")],
    ["a file too few", () => rmSync(join(staged, "roots.json"))],
    ["a folder in place of the package", () => (rmSync(join(staged, "package")), mkdirSync(join(staged, "package")))],
    ["a pipe, which would never end", () => (rmSync(join(staged, "package")), run("mkfifo", join(staged, "package")))],
    ["no folder", () => rmSync(staged, { recursive: true })],
  ])("refuses %s", (_, spoil) => {
    spoil();
    expect(() => take()).toThrow(coded("update.tampered"));
    expect(existsSync(own)).toBe(false);
  });

  it.each<[string, () => void, string]>([
    ["another package of the same length", () => put("package", Buffer.alloc(bytes.length, "other")), "update.wrong-file"],
    ["a longer one", () => put("package", Buffer.concat([bytes, bytes])), "update.wrong-file"],
    ["a description that is not signed", () => put("release.json", signedRelease(release, [keys[0]!])), "update.signature"],
    ["a description beyond reason", () => put("release.json", " ".repeat(ENVELOPE_BYTES_MAX + 1)), "update.malformed"],
    ["roots that are none", () => put("roots.json", '["not a root"]'), "update.malformed"],
    [
      "an old release that was signed rightly once",
      () => put("release.json", signedRelease(madeRelease("0.9.0", bytes), keys)),
      "update.rollback",
    ],
  ])("refuses %s, and keeps nothing of it", (_, spoil, code) => {
    spoil();
    expect(() => take()).toThrow(coded(code));
    expect(existsSync(own)).toBe(false);
  });

  it("has nothing to do where the version is in place", () => {
    put("release.json", signedRelease(madeRelease("1.0.0", bytes), keys));
    expect(takeStaged(staged, own, root, place())).toBeUndefined();
    expect(existsSync(own)).toBe(false);
  });

  it("writes over nothing that lies in its way, and follows no link there", () => {
    mkdirSync(own);
    writeFileSync(join(dir, "victim"), "mine");
    symlinkSync(join(dir, "victim"), ownCopy(own, "tar"));
    take();
    expect(readFileSync(join(dir, "victim"), "utf8")).toBe("mine");
    expect(readdirSync(own)).toEqual(["package.tar.gz"]);
  });
});
