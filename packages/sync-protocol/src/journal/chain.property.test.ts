import * as fc from "fast-check";
import { expect, test } from "vitest";
import { epoch, type HashHex } from "../ids.ts";
import { at } from "../testing/at.ts";
import { sha256Hex, sha256Pair } from "../testing/node.ts";
import { chainHashes, equalBytes, fromHex, genesisHash, nextHash, toHex } from "./chain.ts";
import { encodeEntry } from "./entry.ts";
import { followFrom, verifyEnd, verifyLines, type StoredLine } from "./verify-chain.ts";

const encoder = new TextEncoder();
const genesis = genesisHash(sha256Pair, "key", epoch(1));
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });

/** A journal of n entries, as it is kept: lines, each with its hash. */
const journal = fc.array(fc.string({ maxLength: 12 }), { minLength: 1, maxLength: 12 }).map((bodies) => {
  const lines = bodies.map((body, i) =>
    encoder.encode(encodeEntry({ seq: i + 1, hlc: `${(1_000 + i).toString(16).padStart(12, "0")}.0000`, type: "transaction", body })),
  );
  const hashes = chainHashes(sha256Pair, genesis, lines);
  return lines.map((line, i) => ({ line, hash: at(hashes, i) }));
});
const headOf = (kept: readonly Required<StoredLine>[]) => ({ seq: kept.length, hash: at(kept, kept.length - 1).hash });
const verify = (kept: readonly StoredLine[], head: { seq: number; hash: Uint8Array }) =>
  verifyEnd(verifyLines(sha256Pair, followFrom({ seq: 0, hash: genesis }), kept), head);
/** Without the hashes kept beside the lines, all rests on the signed head. */
const linesAlone = (kept: readonly StoredLine[]): StoredLine[] => kept.map(({ line }) => ({ line }));

test("hex is a text form of bytes and back", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(fromHex(toHex(bytes))).toEqual(bytes);
    }),
  );
  expect(toHex(new Uint8Array([0, 1, 15, 16, 171, 255]))).toBe("00010f10abff");
});

test("bytes are equal when all are", () => {
  fc.assert(
    fc.property(bytes32, fc.nat(31), fc.integer({ min: 1, max: 255 }), (a, at, by) => {
      const b = a.slice();
      expect(equalBytes(a, b)).toBe(true);
      b[at] = ((b[at] ?? 0) + by) % 256;
      expect(equalBytes(a, b)).toBe(false);
      expect(equalBytes(a, a.subarray(1))).toBe(false);
    }),
  );
});

test("the chain is SHA-256 over the hash before and the line, from a start that names key and epoch", () => {
  expect(toHex(genesis)).toBe(sha256Hex("tillsync-journal/1\nkey\n1\n"));
  expect(toHex(nextHash(sha256Pair, fromHex("00".repeat(32) as HashHex), encoder.encode("a")))).toBe(sha256Hex(`${"\0".repeat(32)}a`));
  expect(toHex(genesisHash(sha256Pair, "key", epoch(2)))).not.toBe(toHex(genesis));
  expect(toHex(genesisHash(sha256Pair, "yek", epoch(1)))).not.toBe(toHex(genesis));
});

test("a whole journal verifies, whatever the size of the pages it is read in", () => {
  fc.assert(
    fc.property(journal, fc.nat(12), (kept, cut) => {
      const first = verifyLines(sha256Pair, followFrom({ seq: 0, hash: genesis }), kept.slice(0, cut));
      const whole = verifyEnd(verifyLines(sha256Pair, first, kept.slice(cut)), headOf(kept));
      expect(whole).toMatchObject({ entries: kept.length, broken: undefined, clockBack: undefined });
    }),
  );
});

test("a changed byte is found, at the entry that holds it or, without kept hashes, at the head", () => {
  fc.assert(
    fc.property(journal, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (kept, which, where, by) => {
      const index = which % kept.length;
      const line = at(kept, index).line.slice();
      line[where % line.length] = ((line[where % line.length] ?? 0) + by) % 256;
      const changed = kept.map((stored, i) => (i === index ? { ...stored, line } : stored));
      expect(verify(changed, headOf(kept)).broken).toMatchObject({ seq: index + 1 });
      expect(verify(linesAlone(changed), headOf(kept)).broken).toBeDefined();
    }),
  );
});

test("removal, insertion, reordering and truncation are found", () => {
  fc.assert(
    fc.property(journal, fc.nat(), fc.nat(), (kept, a, b) => {
      const index = a % kept.length;
      const removed = kept.filter((_, i) => i !== index);
      expect(verify(removed, headOf(kept)).broken).toMatchObject({ seq: index + 1 });
      expect(verify(linesAlone(removed), headOf(kept)).broken).toMatchObject({ seq: index + 1 });
      const doubled = kept.toSpliced(index, 0, at(kept, index));
      expect(verify(doubled, headOf(kept)).broken).toMatchObject({ seq: index + 2, reason: "seq" });
      const other = b % kept.length;
      if (other === index) return;
      const swapped = kept.with(index, at(kept, other)).with(other, at(kept, index));
      expect(verify(swapped, headOf(kept)).broken).toMatchObject({ seq: Math.min(index, other) + 1, reason: "seq" });
    }),
  );
});

test("a journal rewritten as a whole, hashes included, is still not the one whose head was signed", () => {
  fc.assert(
    fc.property(journal, journal, (kept, other) => {
      const same = toHex(headOf(kept).hash) === toHex(headOf(other).hash);
      expect(verify(other, headOf(kept)).broken === undefined).toBe(same);
    }),
  );
});

test("a line that is no entry is named; a clock that goes back is told apart and breaks nothing", () => {
  const line = (seq: number, ms: number) =>
    encoder.encode(encodeEntry({ seq, hlc: `${ms.toString(16).padStart(12, "0")}.0000`, type: "transaction", body: {} }));
  const back = verifyLines(
    sha256Pair,
    followFrom({ seq: 0, hash: genesis }),
    [5, 9, 7, 8, 2].map((ms, i) => ({ line: line(i + 1, ms) })),
  );
  expect(back).toMatchObject({ entries: 5, broken: undefined, clockBack: { count: 2, firstSeq: 3 } });
  for (const bad of [encoder.encode("{"), encoder.encode('{"seq":1}'), new Uint8Array([0xff, 0xfe])])
    expect(verifyLines(sha256Pair, followFrom({ seq: 0, hash: genesis }), [{ line: bad }]).broken).toMatchObject({
      seq: 1,
      reason: "unreadable",
    });
});
