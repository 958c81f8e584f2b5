import { at } from "../../testing/at.ts";
import type { HashHex, Seq } from "../../ids.ts";
import type { Head } from "../../journal/head.ts";

/** A journal of short texts under a toy hash, for tests that run thousands of small worlds. */
export interface ToyJournal {
  lines: string[];
  /** `hashes[n]` is the hash after entry n; `hashes[0]` the genesis hash. */
  hashes: HashHex[];
  /** Entries up to here are no longer kept; their hashes are known for as long as the test runs. */
  prunedTo: number;
  acked: Head;
  closed: boolean;
  /** For a closed journal: where its entries went on. */
  carriedTo?: { readonly epoch: number; readonly seq: number };
}

/** 53 bits of a text, as the first digits of something that looks like a hash (cyrb53, public domain). */
export function toyHash(previous: string, line: string): HashHex {
  const text = `${previous}|${line}`;
  let h1 = 0xdeadbeef;
  let h2 = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    h1 = Math.imul(h1 ^ code, 2654435761);
    h2 = Math.imul(h2 ^ code, 1597334677);
  }
  h1 = Math.imul(h1 ^ (h1 >>> 16), 2246822507) ^ Math.imul(h2 ^ (h2 >>> 13), 3266489909);
  h2 = Math.imul(h2 ^ (h2 >>> 16), 2246822507) ^ Math.imul(h1 ^ (h1 >>> 13), 3266489909);
  return (4294967296 * (2097151 & h2) + (h1 >>> 0)).toString(16).padStart(64, "0") as HashHex;
}

export const toyGenesis = (epoch: number): HashHex => toyHash("genesis", String(epoch));

export const emptyJournal = (epoch: number): ToyJournal => ({
  lines: [],
  hashes: [toyGenesis(epoch)],
  prunedTo: 0,
  acked: { seq: 0 as Seq, hash: toyGenesis(epoch) },
  closed: false,
});

export function appendLine(journal: ToyJournal, line: string): HashHex {
  const hash = toyHash(headOf(journal).hash, line);
  journal.lines.push(line);
  journal.hashes.push(hash);
  return hash;
}

export const headOf = (journal: { hashes: readonly HashHex[] }): Head => {
  const seq = (journal.hashes.length - 1) as Seq;
  return { seq, hash: at(journal.hashes, seq) };
};

export const headAt = (journal: { hashes: readonly HashHex[] }, seq: number): Head => ({
  seq: seq as Seq,
  hash: at(journal.hashes, seq),
});

const encoder = new TextEncoder();
const bytesByHash = new Map<string, Uint8Array>();
/** The toy hash as bytes; one object per hash, since worlds compare millions of them. */
export function hashBytes(hash: HashHex): Uint8Array {
  const known = bytesByHash.get(hash);
  if (known !== undefined) return known;
  const bytes = encoder.encode(hash);
  if (bytesByHash.size > 100_000) bytesByHash.clear();
  bytesByHash.set(hash, bytes);
  return bytes;
}
