import { entryEnvelopeSchema, type EntryEnvelope } from "./entry.ts";
import { equalBytes, nextHash, type HashPair } from "./chain.ts";

/** An entry as it is kept. `hash` is the one kept beside it, where there is one. */
export interface StoredLine {
  readonly line: Uint8Array;
  readonly hash?: Uint8Array;
}

/**
 * The first entry that is wrong.
 * `unreadable`: its line is no entry. `seq`: its number is not the one after the entry before: something was removed,
 * added or moved. `hash`: it does not lead to the hash kept beside it. `head`: the chain does not end in the signed head.
 */
export interface ChainBreak {
  readonly seq: number;
  readonly reason: "unreadable" | "seq" | "hash" | "head";
  readonly detail: string;
}

/** How far a chain was followed, so that a long journal can be verified page by page. */
export interface ChainProgress {
  readonly seq: number;
  readonly hash: Uint8Array;
  readonly hlc: string;
  readonly entries: number;
  /** Entries whose clock stands behind that of the one before. A sign of a wrong clock, no break of the chain. */
  readonly clockBack: { readonly count: number; readonly firstSeq: number } | undefined;
  readonly broken: ChainBreak | undefined;
}

/** Begins after a head that is trusted: the genesis hash at 0, or the last pruned entry. */
export const followFrom = (head: { readonly seq: number; readonly hash: Uint8Array }): ChainProgress => ({
  seq: head.seq,
  hash: head.hash,
  hlc: "",
  entries: 0,
  clockBack: undefined,
  broken: undefined,
});

/** Follows the chain over the next lines; stops at the first entry that is wrong. */
export function verifyLines(hash: HashPair, progress: ChainProgress, lines: Iterable<StoredLine>): ChainProgress {
  let at = progress;
  for (const stored of lines) {
    if (at.broken !== undefined) return at;
    at = verifyLine(hash, at, stored);
  }
  return at;
}

function verifyLine(hash: HashPair, at: ChainProgress, stored: StoredLine): ChainProgress {
  const seq = at.seq + 1;
  const broken = (reason: ChainBreak["reason"], detail: string): ChainProgress => ({ ...at, broken: { seq, reason, detail } });
  const entry = readEnvelope(stored.line);
  if (entry === undefined) return broken("unreadable", "the line is no entry");
  if (entry.seq !== seq) return broken("seq", `entry ${entry.seq} stands where ${seq} belongs`);
  const next = nextHash(hash, at.hash, stored.line);
  if (stored.hash !== undefined && !equalBytes(next, stored.hash)) return broken("hash", "the line does not lead to the hash kept with it");
  const back = entry.hlc < at.hlc;
  const clockBack = back ? { count: (at.clockBack?.count ?? 0) + 1, firstSeq: at.clockBack?.firstSeq ?? seq } : at.clockBack;
  return { ...at, seq, hash: next, hlc: entry.hlc, entries: at.entries + 1, clockBack };
}

/** Compares the end of the chain with a head whose signature was verified: what is missing at the end shows here alone. */
export function verifyEnd(progress: ChainProgress, head: { readonly seq: number; readonly hash: Uint8Array }): ChainProgress {
  if (progress.broken !== undefined) return progress;
  const broken = (seq: number, detail: string): ChainProgress => ({ ...progress, broken: { seq, reason: "head", detail } });
  if (progress.seq !== head.seq)
    return broken(Math.min(progress.seq, head.seq) + 1, `the chain ends at ${progress.seq}, the signed head at ${head.seq}`);
  return equalBytes(progress.hash, head.hash) ? progress : broken(head.seq, "the chain ends in another hash than the signed head");
}

const decoder = new TextDecoder("utf-8", { fatal: true });

function readEnvelope(line: Uint8Array): EntryEnvelope | undefined {
  try {
    return entryEnvelopeSchema.safeParse(JSON.parse(decoder.decode(line))).data;
  } catch {
    return undefined;
  }
}
