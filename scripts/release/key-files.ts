import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { fstatSync, openSync, closeSync, readFileSync, writeFileSync } from "node:fs";

/** Makes a signing key as a file that its owner alone may read. Throws where the file exists: a key is never written over. */
export function makeKeyFile(path: string): KeyObject {
  const { privateKey } = generateKeyPairSync("ed25519");
  writeFileSync(path, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600, flag: "wx" });
  return privateKey;
}

/** Reads a signing key. Throws for one that others may read: it is no proof of anybody any more. */
export function readKeyFile(path: string): KeyObject {
  const file = openSync(path, "r");
  try {
    if (process.platform !== "win32" && (fstatSync(file).mode & 0o077) !== 0)
      throw new Error(`${path} may be read by others; take it for known and make a new one`);
    const key = createPrivateKey(readFileSync(file, "utf8"));
    if (key.asymmetricKeyType !== "ed25519") throw new Error(`${path} is no Ed25519 key`);
    return key;
  } finally {
    closeSync(file);
  }
}

/** Keys never stand on a command line: `TILLSYNC_RELEASE_KEYS` names their files, with colons between. */
export function keysOf(env: NodeJS.ProcessEnv, name: string): KeyObject[] {
  const paths = (env[name] ?? "").split(":").filter((path) => path !== "");
  if (paths.length === 0) throw new Error(`${name} names no key files`);
  return paths.map(readKeyFile);
}
