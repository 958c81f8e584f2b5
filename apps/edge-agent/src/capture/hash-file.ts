import { createHash, type Hash } from "node:crypto";
import type { SourceFile } from "../sources/open-file.ts";
import { CHUNK_BYTES } from "./limits.ts";

/** Running SHA-256 of a file's first `length` bytes; `undefined` when the file has become shorter. */
export async function hashPrefix(file: Pick<SourceFile, "read">, length: number): Promise<Hash | undefined> {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(Math.min(CHUNK_BYTES, length));
  for (let at = 0; at < length;) {
    const read = await file.read(buffer.subarray(0, Math.min(buffer.length, length - at)), at);
    if (read === 0) return undefined;
    hash.update(buffer.subarray(0, read));
    at += read;
  }
  return hash;
}
