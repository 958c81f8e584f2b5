import { describe, expect, test } from "vitest";
import { TillsyncError } from "../errors/tillsync-error.ts";
import { epoch, type HashHex, type Seq } from "../ids.ts";
import { chainHashes, genesisHash, toHex } from "../journal/chain.ts";
import { at } from "../testing/at.ts";
import { sha256Pair } from "../testing/node.ts";
import type { PushHeader } from "../messages/push.ts";
import { decideHello, decidePush, type KnownHead, type OfferedBatch } from "./upstream-session.ts";
import { verifyBatch } from "./verify-batch.ts";

const encoder = new TextEncoder();
const genesis = genesisHash(sha256Pair, "key", epoch(1));
const linesOf = (branch: string) => Array.from({ length: 10 }, (_, i) => encoder.encode(`${branch}${i + 1}`));
const ours = chainHashes(sha256Pair, genesis, linesOf("ours"));
/** Goes its own way after entry 4. */
const theirLines = [...linesOf("ours").slice(0, 4), ...linesOf("theirs").slice(4)];
const theirs = chainHashes(sha256Pair, genesis, theirLines);

const head = (seq: number, chain = ours): KnownHead => ({ seq, hash: seq === 0 ? genesis : at(chain, seq - 1) });
const batch = (firstSeq: number, lastSeq: number, chain = ours): OfferedBatch => ({
  firstSeq,
  previousHash: head(firstSeq - 1, chain).hash,
  hashes: chain.slice(firstSeq - 1, lastSeq),
});

describe("a batch against the upstream's head", () => {
  test.each([
    ["the first one", head(0), batch(1, 3), undefined, { outcome: "stored", fromIndex: 0 }],
    ["the next one", head(3), batch(4, 6), undefined, { outcome: "stored", fromIndex: 0 }],
    ["one entry further than it fits", head(3), batch(5, 6), undefined, { outcome: "gap" }],
    ["far ahead of an unknown journal", head(0), batch(5, 6), undefined, { outcome: "gap" }],
    ["half of it known", head(5), batch(4, 8), undefined, { outcome: "stored", fromIndex: 2 }],
    ["all but the last known", head(7), batch(1, 8), undefined, { outcome: "stored", fromIndex: 7 }],
    ["all of it, to the head", head(6), batch(4, 6), undefined, { outcome: "duplicate" }],
    ["all of it, below the head: asks", head(9), batch(4, 6), undefined, { outcome: "needHash", seq: 6 }],
    ["all of it, below the head", head(9), batch(4, 6), head(6), { outcome: "duplicate" }],
    ["answered for another number: asks again", head(9), batch(4, 6), head(5), { outcome: "needHash", seq: 6 }],
    ["another entry right after the head", head(6), batch(7, 8, theirs), undefined, { outcome: "fork" }],
    ["other entries over the head", head(6), batch(5, 8, theirs), undefined, { outcome: "fork" }],
    ["other entries up to the head", head(6), batch(5, 6, theirs), undefined, { outcome: "fork" }],
    ["other entries below the head", head(9), batch(5, 6, theirs), head(6), { outcome: "fork" }],
    ["the common part of another branch", head(9, theirs), batch(2, 4), head(4), { outcome: "duplicate" }],
    ["the common part, then another branch", head(4), batch(1, 6, theirs), undefined, { outcome: "stored", fromIndex: 4 }],
    ["a start from another genesis", { seq: 0, hash: sha256Pair(genesis, genesis) }, batch(1, 3), undefined, { outcome: "foreign" }],
  ])("%s", (_, known, offered, hashAt, expected) => {
    expect(decidePush(known, offered, hashAt)).toEqual(expected);
  });

  test("an empty one is a bug of the caller", () => {
    expect(() => decidePush(head(0), { firstSeq: 1, previousHash: genesis, hashes: [] })).toThrow("assertion failed");
    expect(() => decidePush(head(0), { firstSeq: 0, previousHash: genesis, hashes: ours })).toThrow("assertion failed");
  });
});

describe("a batch against its own header", () => {
  const lines = linesOf("ours").slice(3, 6);
  const header = {
    epoch: 1,
    firstSeq: 4,
    count: 3,
    previousHash: toHex(head(3).hash),
    head: { seq: 6, hash: toHex(head(6).hash) },
  } as unknown as PushHeader;

  test("leads from the hash before it to its head", () => {
    expect(verifyBatch(sha256Pair, { header, lines })).toEqual(ours.slice(3, 6));
  });

  test.each([
    ["a changed entry", { header, lines: lines.with(1, encoder.encode("ours-5")) }],
    ["entries in another order", { header, lines: lines.toReversed() }],
    ["an entry too few", { header, lines: lines.slice(1) }],
    ["no entries", { header, lines: [] }],
    ["another start", { header: { ...header, previousHash: toHex(head(2).hash) }, lines }],
  ])("%s does not", (_, damaged) => {
    expect(() => verifyBatch(sha256Pair, damaged)).toThrow(expect.objectContaining({ code: "ingest.chain-broken" }) as TillsyncError);
  });
});

describe("a hello against the upstream's head", () => {
  const h = (seq: number, digit: string) => ({ seq: seq as Seq, hash: digit.repeat(64) as HashHex });
  const named = { epoch: epoch(1), ...h(5, "5") };
  test.each([
    ["not known here", undefined, { head: h(0, "0"), seen: "new" }],
    ["the same", h(5, "5"), { head: h(5, "5"), seen: "same" }],
    ["more to send", h(3, "3"), { head: h(3, "3"), seen: "behind" }],
    ["a disk that was restored", h(8, "8"), { head: h(8, "8"), seen: "ahead" }],
    ["other entries", h(5, "a"), { head: h(5, "a"), seen: "fork" }],
  ])("%s", (_, known, expected) => {
    expect(decideHello(named, known, h(0, "0"))).toEqual(expected);
  });
});
