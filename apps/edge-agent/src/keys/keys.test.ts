import { createPublicKey, verify } from "node:crypto";
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { calculateJwkThumbprint } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { epoch, hashHex, headMessage, seq } from "@tillsync/sync-protocol";
import { folderFingerprint } from "./folder-fingerprint.ts";
import { loadOrCreateKeys } from "./key-files.ts";
import { createPrivateFile, readPrivateFile, writePrivateFile } from "./private-file.ts";
import { localPseudonymKey, pseudonymise, retailerPseudonymKey } from "./pseudonym.ts";
import { signHead } from "./sign-head.ts";

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "tillsync-keys-"))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe("loadOrCreateKeys", () => {
  it("makes keys once and finds the same again", () => {
    const made = loadOrCreateKeys(dir);
    const found = loadOrCreateKeys(dir);
    expect(found.identity.thumbprint).toBe(made.identity.thumbprint);
    expect(found.journal.publicJwk).toEqual(made.journal.publicJwk);
  });

  it("names keys by the thumbprint of RFC 7638", async () => {
    const keys = loadOrCreateKeys(dir);
    expect(keys.identity.thumbprint).toBe(await calculateJwkThumbprint(keys.identity.publicJwk));
    expect(keys.journal.thumbprint).toBe(await calculateJwkThumbprint(keys.journal.publicJwk));
  });

  it("gives out nothing private", () => {
    const keys = loadOrCreateKeys(dir);
    expect(keys.identity.publicJwk).not.toHaveProperty("d");
    expect(JSON.stringify(keys)).not.toContain(JSON.parse(readFileSync(join(dir, "keys/journal.jwk"), "utf8")).d);
  });

  it.skipIf(process.platform === "win32")("writes files for the owner alone and leaves no half-written ones", () => {
    loadOrCreateKeys(dir);
    expect(readdirSync(join(dir, "keys")).toSorted()).toEqual(["identity.jwk", "journal.jwk"]);
    for (const name of ["identity.jwk", "journal.jwk"]) expect(statSync(join(dir, "keys", name)).mode & 0o777).toBe(0o600);
    expect(statSync(join(dir, "keys")).mode & 0o777).toBe(0o700);
  });

  it.skipIf(process.platform === "win32").each([0o640, 0o604, 0o620])("refuses a key file of mode %o", (mode) => {
    loadOrCreateKeys(dir);
    chmodSync(join(dir, "keys/identity.jwk"), mode);
    expect(() => loadOrCreateKeys(dir)).toThrow(expect.objectContaining({ code: "keys.permissions" }));
  });

  it("refuses a damaged key without quoting it", () => {
    loadOrCreateKeys(dir);
    const path = join(dir, "keys/journal.jwk");
    const secret = JSON.parse(readFileSync(path, "utf8")).d as string;
    writeFileSync(path, `{"kty":"OKP","crv":"Ed25519","d":"${secret}`);
    const error = catchError(() => loadOrCreateKeys(dir));
    expect(error).toMatchObject({ code: "keys.damaged" });
    expect(error.cause).toBeUndefined();
    expect(String(error.stack)).not.toContain(secret.slice(0, 8));
  });

  it("refuses a key of the wrong kind", () => {
    loadOrCreateKeys(dir);
    copyFileSync(join(dir, "keys/identity.jwk"), join(dir, "keys/journal.jwk"));
    expect(catchError(() => loadOrCreateKeys(dir))).toMatchObject({ code: "keys.damaged" });
  });

  it("does not replace a journal key that is gone", () => {
    loadOrCreateKeys(dir);
    rmSync(join(dir, "keys/journal.jwk"));
    expect(catchError(() => loadOrCreateKeys(dir))).toMatchObject({ code: "keys.missing" });
  });

  it("goes on where a crash left only the first of both keys", () => {
    const { journal } = loadOrCreateKeys(dir);
    rmSync(join(dir, "keys/identity.jwk"));
    expect(loadOrCreateKeys(dir).journal.thumbprint).toBe(journal.thumbprint);
  });
});

describe("private files", () => {
  it("creates a file once: the second writer changes nothing", () => {
    const path = join(dir, "secret");
    expect(createPrivateFile(path, "one")).toBe(true);
    expect(createPrivateFile(path, "two")).toBe(false);
    expect(readPrivateFile(path)).toBe("one");
    expect(readdirSync(dir)).toEqual(["secret"]);
  });

  it("replaces a file whole", () => {
    const path = join(dir, "secret");
    writePrivateFile(path, "a longer text");
    writePrivateFile(path, "short");
    expect(readPrivateFile(path)).toBe("short");
    expect(readdirSync(dir)).toEqual(["secret"]);
  });

  it("tells a missing file from one that cannot be read", () => {
    expect(readPrivateFile(join(dir, "none"))).toBeUndefined();
    writeFileSync(join(dir, "file"), "");
    expect(catchError(() => readPrivateFile(join(dir, "file", "below")))).toMatchObject({ code: "keys.unreadable" });
  });
});

describe("signHead", () => {
  it("signs what anyone with the public key can check, for one journal alone", () => {
    const { journal } = loadOrCreateKeys(dir);
    const hash = hashHex("ab".repeat(32));
    const signature = Buffer.from(signHead(journal, epoch(2), seq(7), hash), "base64url");
    const key = createPublicKey({ key: journal.publicJwk, format: "jwk" });
    expect(verify(null, headMessage(journal.thumbprint, epoch(2), seq(7), hash), key, signature)).toBe(true);
    expect(verify(null, headMessage(journal.thumbprint, epoch(3), seq(7), hash), key, signature)).toBe(false);
  });
});

describe("pseudonymise", () => {
  const key = retailerPseudonymKey(Buffer.alloc(32, 7).toString("base64url"));

  it("gives one stand-in for all spellings of one number", () => {
    const spellings = ["AB 12", "ab12", " ＡＢ１２ ", "Ab\t12"];
    expect(new Set(spellings.map((text) => pseudonymise(key, "member", text))).size).toBe(1);
  });

  it("differs by value, kind and key, and is 22 characters", () => {
    const other = retailerPseudonymKey(Buffer.alloc(32, 8).toString("base64url"));
    const all = [
      pseudonymise(key, "member", "1"),
      pseudonymise(key, "member", "2"),
      pseudonymise(key, "operator", "1"),
      pseudonymise(other, "member", "1"),
    ];
    expect(new Set(all).size).toBe(4);
    for (const text of all) expect(text).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });

  it("is pinned: a change would part every member from their past", () => {
    expect(pseudonymise(key, "member", "M-1001")).toBe("tdBWeOoLx7TliI5iVdi-Lw");
  });

  it("uses a key of the folder's own until enrolment", () => {
    const local = localPseudonymKey(dir);
    expect(local.scope).toBe("local");
    expect(local.secret.symmetricKeySize).toBe(32);
    expect(localPseudonymKey(dir).secret.equals(local.secret)).toBe(true);
    expect(statSync(join(dir, "keys/pseudonym.key")).mode & 0o077).toBe(0);
  });

  it("refuses a damaged key", () => {
    localPseudonymKey(dir);
    writeFileSync(join(dir, "keys/pseudonym.key"), "short\n");
    expect(catchError(() => localPseudonymKey(dir))).toMatchObject({ code: "keys.damaged" });
  });
});

describe("folderFingerprint", () => {
  it("stays while the file stays, and changes with a copy, another place and another machine", () => {
    const file = join(dir, "agent.sqlite");
    writeFileSync(file, "one");
    const home = folderFingerprint(file, "machine-1");
    writeFileSync(file, "more", { flag: "a" });
    expect(folderFingerprint(file, "machine-1")).toBe(home);
    expect(folderFingerprint(file, "machine-2")).not.toBe(home);
    copyFileSync(file, join(dir, "copy.sqlite"));
    expect(folderFingerprint(join(dir, "copy.sqlite"), "machine-1")).not.toBe(home);
    copyFileSync(file, join(dir, "kept"));
    rmSync(file);
    writeFileSync(join(dir, "fill"), "takes the inode that was freed");
    copyFileSync(join(dir, "kept"), file);
    expect(folderFingerprint(file, "machine-1")).not.toBe(home);
  });
});

function catchError(work: () => unknown): Error & { code?: string } {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}
