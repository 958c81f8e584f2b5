import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals and opens the destinations' secrets: who has the database alone cannot speak for the retailer. */
export interface Seal {
  /** `context` binds the sealed bytes to their owner, so that one destination's cannot be put into another. */
  seal(plain: string, context: string): Uint8Array;
  /** Throws `destination.sealed` when key, context or bytes are not those of `seal`. */
  open(sealed: Uint8Array, context: string): string;
  /** A name for a secret text: always the same, and without the key it tells nothing, not even to who guesses the text. */
  digest(plain: string): string;
}

/**
 * The key of `TILLSYNC_SEAL_KEY` (base64url of 32 bytes), or else of `keys/cloud-seal.key` in the data folder, made at
 * first use with access for its owner alone. Throws `destination.sealed` for a key that is none.
 */
export async function loadSeal(dataDir: string, environment: string | undefined): Promise<Seal> {
  const text = environment ?? (await readOrMakeKey(join(dataDir, "keys")));
  const key = Buffer.from(text.trim(), "base64url");
  if (key.length !== KEY_BYTES) throw new TillsyncError("destination.sealed", "the seal key is not base64url of 32 bytes");
  return createSeal(key);
}

export function createSeal(key: Uint8Array): Seal {
  return {
    digest: (plain) => createHmac("sha256", key).update(plain).digest("base64url"),
    seal: (plain, context) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(context));
      return Buffer.concat([nonce, cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]);
    },
    open: (sealed, context) => {
      try {
        const bytes = Buffer.from(sealed);
        const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(context));
        decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
        return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
      } catch (cause) {
        throw new TillsyncError("destination.sealed", context, { cause });
      }
    },
  };
}

/** Written whole under another name and linked into place: a crash leaves no half key, and of two makers one wins. */
async function readOrMakeKey(folder: string): Promise<string> {
  const path = join(folder, "cloud-seal.key");
  const found = await readFile(path, "utf8").catch(() => undefined);
  if (found !== undefined) return found;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  const file = await open(draft, "wx", 0o600);
  await file.writeFile(`${randomBytes(KEY_BYTES).toString("base64url")}\n`);
  await file.sync();
  await file.close();
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await unlink(draft);
  return readFile(path, "utf8");
}
