import { TillsyncError } from "../errors/tillsync-error.ts";
import type { DecodedBatch } from "../codec/decode-batch.ts";
import { chainHashes, equalBytes, fromHex, type HashPair } from "../journal/chain.ts";

/**
 * The hashes after each entry of a batch, in order, when they lead from the header's `previousHash` to the head that its
 * terminal signed. The signature itself is checked by the host, over `headMessage`. Throws `ingest.chain-broken`.
 */
export function verifyBatch(hash: HashPair, batch: Pick<DecodedBatch, "header" | "lines">): Uint8Array[] {
  const { header, lines } = batch;
  const hashes = chainHashes(hash, fromHex(header.previousHash), lines);
  const last = hashes.at(-1);
  if (last === undefined || !equalBytes(last, fromHex(header.head.hash)))
    throw new TillsyncError("ingest.chain-broken", `epoch ${header.epoch}, entries ${header.firstSeq} to ${header.head.seq}`);
  return hashes;
}
