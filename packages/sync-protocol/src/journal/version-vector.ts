import { z } from "zod";
import type { Epoch, Seq, TerminalId } from "../ids.ts";
import type { Head } from "./head.ts";

/** `till-1#2`: one journal of a store. */
export type JournalName = string & { readonly __brand: "JournalName" };
export const journalName = (terminal: TerminalId, epoch: Epoch): JournalName => `${terminal}#${epoch}` as JournalName;

/** How far someone has each journal. Missing means nothing yet. */
export type VersionVector = ReadonlyMap<JournalName, Seq>;

/** Per journal the longer: commutative, associative, idempotent. Valid as journals only grow and forks get new epochs. */
export function mergeVersionVectors(a: VersionVector, b: VersionVector): VersionVector {
  const merged = new Map(a);
  for (const [name, seq] of b) if (seq > (merged.get(name) ?? 0)) merged.set(name, seq);
  return merged;
}

/** The ranges that `theirs` lacks of `ours`, `from` and `to` inclusive. */
export function missingRanges(ours: VersionVector, theirs: VersionVector): { name: JournalName; from: number; to: number }[] {
  return [...ours]
    .map(([name, seq]) => ({ name, from: (theirs.get(name) ?? 0) + 1, to: seq as number }))
    .filter((range) => range.from <= range.to);
}

/** Entries that `ours` has past `theirs`, over all journals. */
export const pendingCount = (ours: VersionVector, theirs: VersionVector): number =>
  missingRanges(ours, theirs).reduce((sum, range) => sum + range.to - range.from + 1, 0);

/**
 * What becomes of a known head when another is heard: the replicated state is a map from journal to its longest
 * verified prefix. Same sequence and another hash is a fork, which is never merged.
 */
export function mergeHeads(known: Head, heard: Head): { kind: "known" | "longer"; head: Head } | { kind: "fork" } {
  if (heard.seq === known.seq) return heard.hash === known.hash ? { kind: "known", head: known } : { kind: "fork" };
  return heard.seq > known.seq ? { kind: "longer", head: heard } : { kind: "known", head: known };
}

export const versionVectorSchema = z.record(z.string(), z.number().int().min(0));
