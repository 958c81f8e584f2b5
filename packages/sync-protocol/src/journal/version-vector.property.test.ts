import * as fc from "fast-check";
import { expect, test } from "vitest";
import { epoch, terminalId, type HashHex, type Seq } from "../ids.ts";
import type { Head } from "./head.ts";
import {
  journalName,
  mergeHeads,
  mergeVersionVectors,
  missingRanges,
  pendingCount,
  type JournalName,
  type VersionVector,
} from "./version-vector.ts";

const vector: fc.Arbitrary<VersionVector> = fc
  .array(fc.tuple(fc.constantFrom("a#1", "a#2", "b#1", "c#1"), fc.nat(20)))
  .map((pairs) => new Map(pairs.map(([name, seq]) => [name as JournalName, seq as Seq])));
const plain = (v: VersionVector) => Object.fromEntries([...v].filter(([, seq]) => seq > 0).toSorted(([a], [b]) => (a < b ? -1 : 1)));
/** Heads on one chain: a sequence number has one hash. */
const head: fc.Arbitrary<Head> = fc.nat(8).map((seq) => ({ seq: seq as Seq, hash: String(seq).padStart(64, "0") as HashHex }));
const anyHead: fc.Arbitrary<Head> = fc
  .tuple(fc.nat(3), fc.nat(2))
  .map(([seq, branch]) => ({ seq: seq as Seq, hash: `${branch}${seq}`.padStart(64, "0") as HashHex }));
const merged = (a: Head, b: Head): Head => {
  const result = mergeHeads(a, b);
  if (result.kind === "fork") throw new Error("one chain does not fork");
  return result.head;
};

test("merging vectors is commutative, associative and idempotent", () => {
  fc.assert(
    fc.property(vector, vector, vector, (a, b, c) => {
      expect(plain(mergeVersionVectors(a, b))).toEqual(plain(mergeVersionVectors(b, a)));
      expect(plain(mergeVersionVectors(mergeVersionVectors(a, b), c))).toEqual(plain(mergeVersionVectors(a, mergeVersionVectors(b, c))));
      expect(plain(mergeVersionVectors(a, a))).toEqual(plain(a));
    }),
  );
});

test("what is missing, added, makes the other complete", () => {
  fc.assert(
    fc.property(vector, vector, (ours, theirs) => {
      const filled = new Map(theirs);
      for (const { name, from, to } of missingRanges(ours, theirs)) {
        expect(from).toBe((theirs.get(name) ?? 0) + 1);
        filled.set(name, to as Seq);
      }
      expect(plain(filled)).toEqual(plain(mergeVersionVectors(ours, theirs)));
      expect(pendingCount(ours, filled)).toBe(0);
      expect(pendingCount(ours, theirs)).toBe(missingRanges(ours, theirs).reduce((sum, { from, to }) => sum + to - from + 1, 0));
    }),
  );
});

test("merging heads of one chain is commutative, associative and idempotent", () => {
  fc.assert(
    fc.property(head, head, head, (a, b, c) => {
      expect(merged(a, b)).toEqual(merged(b, a));
      expect(merged(merged(a, b), c)).toEqual(merged(a, merged(b, c)));
      expect(merged(a, a)).toEqual(a);
    }),
  );
});

test("two hashes at one number are a fork from both sides, and a fork is never merged", () => {
  fc.assert(
    fc.property(anyHead, anyHead, (a, b) => {
      const forked = a.seq === b.seq && a.hash !== b.hash;
      expect(mergeHeads(a, b).kind === "fork").toBe(forked);
      expect(mergeHeads(b, a).kind === "fork").toBe(forked);
    }),
  );
});

test("a journal's name is its terminal and epoch", () => {
  expect(journalName(terminalId("till-1"), epoch(2))).toBe("till-1#2");
});
