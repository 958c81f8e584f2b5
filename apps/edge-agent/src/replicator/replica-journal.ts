import {
  assert,
  epoch as epochNumber,
  equalBytes,
  fromHex,
  genesisHash,
  seq as seqNumber,
  toHex,
  type EffectOf,
  type Epoch,
  type Head,
  type JournalHead,
  type StoredJournal,
  type Verdict,
} from "@tillsync/sync-protocol";
import { ackedHead, lastVerdict, saveAcked, saveVerdicts } from "../journal/acknowledge.ts";
import { hashAt } from "../journal/hash-at.ts";
import { sha256Pair } from "../journal/hash.ts";
import { journalHeads, type LocalHead } from "../journal/journal-heads.ts";
import { onAppended } from "../journal/on-appended.ts";
import type { BatchRange } from "../journal/read-batch.ts";
import { readAnchor } from "../journal/read-journal-end.ts";
import { startEpoch } from "../journal/start-epoch.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { readEntries, type EntriesRead } from "./read-entries.ts";

export const CLOUD = "cloud";

/** The journal as the session's performer needs it. All calls are short, local and synchronous; they throw `store.*`. */
export interface ReplicaJournal {
  /** All epochs that can be sent under the current journal key, closed ones included. */
  journals(): StoredJournal[];
  readEntries(range: BatchRange, take: (line: Uint8Array) => void): EntriesRead;
  /** Is `head` on our own chain? */
  checkHead(head: JournalHead): "ours" | "foreign" | "pruned";
  saveAck(epoch: Epoch, head: Head): void;
  saveVerdicts(verdicts: readonly Verdict[]): void;
  lastVerdict(): number;
  /** Begins the epoch that the effect asks for and gives its number. */
  startEpoch(effect: EffectOf<"startEpoch">): Epoch;
  /** The epoch that grows, and its head. */
  end(): { readonly epoch: Epoch; readonly head: Head };
  onAppended(listener: () => void): () => void;
}

export function replicaJournal(store: AgentStore): ReplicaJournal {
  return {
    journals: () => sendableHeads(store).map((head) => stored(store, head)),
    readEntries: (range, take) => readEntries(store, range, take),
    checkHead: (head) => checkHead(store, head),
    saveAck: (epoch, head) => saveAcked(store, CLOUD, epoch, head),
    saveVerdicts: (verdicts) => saveVerdicts(store, verdicts),
    lastVerdict: () => lastVerdict(store),
    startEpoch: (effect) => carryOn(store, effect.reason, effect.previousEpoch, effect.afterEpoch, effect.carryAfter),
    end: () => ({ epoch: epochNumber(store.end.epoch), head: { seq: seqNumber(store.end.seq), hash: toHex(store.end.hash) } }),
    onAppended: (listener) => onAppended(store, listener),
  };
}

/** Begins an epoch that carries `previousEpoch` over from after `carryAfter`, or from where it is still kept, and closes it. */
export function carryOn(
  store: AgentStore,
  reason: "fork" | "restored" | "re-enrolled",
  previousEpoch: Epoch,
  afterEpoch: number,
  carryAfter: number,
): Epoch {
  const anchor = readAnchor(store.prepare, previousEpoch);
  assert(anchor !== undefined, "the epoch is one of ours");
  const from = Math.max(anchor.seq, carryAfter);
  const hash = hashAt(store, previousEpoch, from);
  assert(hash !== undefined && hash !== "pruned", "the entry before the first one carried over has its hash");
  const previous = { epoch: previousEpoch, seq: from, hash: toHex(hash) };
  return epochNumber(startEpoch(store, { reason, previous, afterEpoch, carryOver: true }).epoch);
}

/** Heads of an earlier key could not be signed; `settleEpochs` carries such epochs over. */
const sendableHeads = (store: AgentStore): LocalHead[] => journalHeads(store).filter(({ journalKey }) => journalKey === store.journalKey);

function stored(store: AgentStore, { epoch, seq, hash, closed }: LocalHead): StoredJournal {
  const nothing = { seq: seqNumber(0), hash: toHex(genesisHash(sha256Pair, store.journalKey, epoch)) };
  return { epoch, local: { seq, hash }, acked: ackedHead(store, CLOUD, epoch) ?? nothing, closed };
}

function checkHead(store: AgentStore, head: JournalHead): "ours" | "foreign" | "pruned" {
  const hash = hashAt(store, head.epoch, head.seq);
  if (hash === "pruned") return "pruned";
  return hash !== undefined && equalBytes(hash, fromHex(head.hash)) ? "ours" : "foreign";
}
