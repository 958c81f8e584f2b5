import type { Epoch, HashHex, Seq, StoreId } from "../../ids.ts";
import type { Head, JournalHead } from "../../journal/head.ts";
import type { HelloAck } from "../../messages/hello.ts";
import type { PushAck } from "../../messages/push-ack.ts";
import { at } from "../../testing/at.ts";
import { decideHello, decidePush, type PushDecision } from "../upstream-session.ts";
import { hashBytes, headOf, toyGenesis } from "./toy-journal.ts";

export interface ToyBatch {
  readonly epoch: Epoch;
  readonly firstSeq: number;
  readonly previousHash: HashHex;
  readonly lines: readonly string[];
  readonly hashes: readonly HashHex[];
}

export interface StoredChain {
  lines: string[];
  hashes: HashHex[];
}

/** The real decisions over a store of texts. `decide` and `keeps` can be broken on purpose by a negative control. */
export class ToyUpstream {
  chains = new Map<number, StoredChain>();
  decide: typeof decidePush = decidePush;
  /** Whether a batch that is answered "stored" is in fact kept. */
  keeps: (batch: ToyBatch) => boolean = () => true;
  readonly everStored = new Set<string>();

  readonly limits: HelloAck["limits"];

  constructor(limits: HelloAck["limits"]) {
    this.limits = limits;
  }

  snapshot(): Map<number, StoredChain> {
    return new Map([...this.chains].map(([epoch, { lines, hashes }]) => [epoch, { lines: [...lines], hashes: [...hashes] }]));
  }

  hello(journals: readonly JournalHead[]): HelloAck {
    const heads = journals.map((named) => ({
      epoch: named.epoch,
      ...decideHello(named, this.#known(named.epoch), genesisHead(named.epoch)).head,
    }));
    return { version: 1, store: "store" as StoreId, journals: heads, limits: this.limits, ...this.#news() } as unknown as HelloAck;
  }

  push(batch: ToyBatch): PushAck {
    const chain = this.chains.get(batch.epoch) ?? { lines: [], hashes: [toyGenesis(batch.epoch)] };
    const head = headOf(chain);
    const offered = { firstSeq: batch.firstSeq, previousHash: hashBytes(batch.previousHash), hashes: batch.hashes.map(hashBytes) };
    const known = { seq: head.seq, hash: hashBytes(head.hash) };
    let decision: PushDecision = this.decide(known, offered);
    if (decision.outcome === "needHash")
      decision = this.decide(known, offered, { seq: decision.seq, hash: hashBytes(at(chain.hashes, decision.seq)) });
    if (decision.outcome === "needHash" || decision.outcome === "foreign")
      throw new Error(`no terminal of this test causes ${decision.outcome}`);
    if (decision.outcome === "stored" && this.keeps(batch)) {
      chain.lines.push(...batch.lines.slice(decision.fromIndex));
      chain.hashes.push(...batch.hashes.slice(decision.fromIndex));
      this.chains.set(batch.epoch, chain);
      for (const hash of batch.hashes) this.everStored.add(hash);
    }
    const told =
      decision.outcome === "stored" ? { seq: batch.firstSeq + batch.hashes.length - 1, hash: batch.hashes.at(-1) } : headOf(chain);
    return { outcome: decision.outcome, head: told as Head, ...this.#news() } as unknown as PushAck;
  }

  #known = (epoch: number): Head | undefined => {
    const chain = this.chains.get(epoch);
    return chain === undefined ? undefined : headOf(chain);
  };

  #news() {
    return { maxEpoch: Math.max(0, ...this.chains.keys()), serverTimeMs: 0, verdicts: [], verdictsMore: false };
  }
}

const genesisHead = (epoch: number): Head => ({ seq: 0 as Seq, hash: toyGenesis(epoch) });
