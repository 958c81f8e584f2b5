import { assert } from "@tillsync/sync-protocol";

/** Room for 8.6 thousand million entries in an epoch, and for a million epochs within the safe integers. */
const SEQS_PER_EPOCH = 2 ** 33;

/** The integer that orders all entries of a terminal. */
export function entryKey(epoch: number, seq: number): number {
  assert(seq >= 0 && seq < SEQS_PER_EPOCH, "sequence within its epoch");
  return epoch * SEQS_PER_EPOCH + seq;
}

export const seqOf = (key: number): number => key % SEQS_PER_EPOCH;
export const epochOf = (key: number): number => Math.floor(key / SEQS_PER_EPOCH);
