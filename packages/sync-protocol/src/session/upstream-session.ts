import { assert } from "../errors/assert.ts";
import type { Head, JournalHead } from "../journal/head.ts";
import { equalBytes } from "../journal/chain.ts";

/** The upstream's head of one journal. A journal that it does not know stands at sequence 0 with its genesis hash. */
export interface KnownHead {
  readonly seq: number;
  readonly hash: Uint8Array;
}

/** A batch whose chain and signature were verified. */
export interface OfferedBatch {
  readonly firstSeq: number;
  readonly previousHash: Uint8Array;
  /** Hash after each entry, in order; at least one. */
  readonly hashes: readonly Uint8Array[];
}

/**
 * What is to be done with a batch.
 * `stored`: append the entries from index `fromIndex` on, then acknowledge. `duplicate`: all of it is there already.
 * `gap`: entries before it are missing. `fork`: other entries stand at these numbers; nothing is stored. `needHash`: ask
 * again with the hash after entry `seq`. `foreign`: it starts a journal from another key's or epoch's genesis; that is
 * `ingest.chain-broken`, since no terminal of ours writes it.
 */
export type PushDecision =
  | { readonly outcome: "stored"; readonly fromIndex: number }
  | { readonly outcome: "duplicate" | "gap" | "fork" | "foreign" }
  | { readonly outcome: "needHash"; readonly seq: number };

/**
 * Decides over a batch, against the head read under the journal's lock: what is decided on an older head is void.
 * `hashAt` answers an earlier `needHash`.
 */
export function decidePush(head: KnownHead, batch: OfferedBatch, hashAt?: KnownHead): PushDecision {
  const { firstSeq, hashes } = batch;
  const lastSeq = firstSeq + hashes.length - 1;
  assert(firstSeq >= 1 && hashes.length >= 1, "a batch holds entries");
  if (firstSeq > head.seq + 1) return { outcome: "gap" };
  if (firstSeq === head.seq + 1) {
    if (equalBytes(batch.previousHash, head.hash)) return { outcome: "stored", fromIndex: 0 };
    return { outcome: head.seq === 0 ? "foreign" : "fork" };
  }
  if (lastSeq > head.seq) return sameAt(batch, head) ? { outcome: "stored", fromIndex: head.seq - firstSeq + 1 } : { outcome: "fork" };
  const known = lastSeq === head.seq ? head : hashAt;
  if (known?.seq !== lastSeq) return { outcome: "needHash", seq: lastSeq };
  // One equal hash vouches for all entries before it, so the last one is enough.
  return { outcome: sameAt(batch, known) ? "duplicate" : "fork" };
}

const sameAt = (batch: OfferedBatch, known: KnownHead): boolean => {
  const hash = batch.hashes[known.seq - batch.firstSeq];
  return hash !== undefined && equalBytes(hash, known.hash);
};

/**
 * What a terminal's hello says of one journal, for the answer and for those who watch the fleet.
 * `new`: not known here. `same`, `behind` (the terminal has more to send). `ahead`: the upstream has entries that the
 * terminal lacks, so its disk was restored or another machine writes the same journal. `fork`: other entries at one number.
 */
export interface HelloDecision {
  readonly head: Head;
  readonly seen: "new" | "same" | "behind" | "ahead" | "fork";
}

/** `known` is the upstream's head; `genesis` that of a journal it does not know. */
export function decideHello(named: JournalHead, known: Head | undefined, genesis: Head): HelloDecision {
  if (known === undefined) return { head: genesis, seen: "new" };
  if (named.seq !== known.seq) return { head: known, seen: named.seq > known.seq ? "behind" : "ahead" };
  return { head: known, seen: named.hash === known.hash ? "same" : "fork" };
}
