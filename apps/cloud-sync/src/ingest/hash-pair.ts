import { hash } from "node:crypto";
import { ENTRY_BYTES_MAX, type HashPair } from "@tillsync/sync-protocol";

const HASH_BYTES = 32;
/** Both parts go through here, since the one-shot digest takes one buffer; reused, as nothing in between awaits. */
const scratch = Buffer.allocUnsafe(HASH_BYTES + ENTRY_BYTES_MAX);

/** SHA-256 of two byte strings together: one call into the crypto library and one small copy per entry. */
export const hashPair: HashPair = (left, right) => {
  const length = left.length + right.length;
  const both = length <= scratch.length ? scratch : Buffer.allocUnsafe(length);
  both.set(left, 0);
  both.set(right, left.length);
  return hash("sha256", both.subarray(0, length), "buffer");
};
