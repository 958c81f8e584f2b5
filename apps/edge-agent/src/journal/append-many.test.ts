import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { capturedTransactionSchema, encodeEntry, encodeHlc, epoch, seq, toHex } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openAgentStore } from "../store/open-store.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { ackedHead, lastVerdict, openVerdicts, saveAcked, saveVerdicts } from "./acknowledge.ts";
import { appendMany } from "./append-many.ts";
import { appendTransaction } from "./append-transaction.ts";
import { hashAt } from "./hash-at.ts";
import { journalHeads } from "./journal-heads.ts";
import { onAppended } from "./on-appended.ts";
import { readBatch } from "./read-batch.ts";
import { startEpoch } from "./start-epoch.ts";
import { noteRetailerPseudonyms } from "./pseudonym-change.ts";
import { makeSale, saleItem, CAPTURE } from "./testing/sales.ts";

const KEY = "k".repeat(43);
let dir: string;
let wall: number;
let store: AgentStore;

const open = (): AgentStore => openAgentStore(dir, { now: () => wall, journalKey: KEY });

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsync-journal-"));
  wall = 1_772_000_000_000;
  store = open();
});
afterEach(() => {
  store.close();
  rmSync(dir, { recursive: true, force: true });
});

describe("appendMany", () => {
  it("appends what is new, ignores what is the same, revises what is other", () => {
    expect(appendTransaction(store, saleItem({ sequence: 1 }))).toEqual({ kind: "appended", revision: 1, epoch: 1, seq: 1 });
    expect(appendTransaction(store, saleItem({ sequence: 1 }))).toEqual({ kind: "duplicate" });
    expect(appendTransaction(store, saleItem({ sequence: 1, prices: [5] }))).toEqual({ kind: "appended", revision: 2, epoch: 1, seq: 2 });
    expect(journalHeads(store)).toMatchObject([{ epoch: 1, seq: 2, closed: false, journalKey: KEY }]);
  });

  it("calls two contents under one key a conflict within one reading, a revision in the next", () => {
    const [first, other] = [saleItem({ sequence: 1 }), saleItem({ sequence: 1, prices: [7] })];
    expect(appendMany(store, [first, first, other], { reading: 4 }).map((o) => o.kind)).toEqual(["appended", "duplicate", "conflict"]);
    expect(appendMany(store, [first, other], { reading: 5 }).map((o) => o.kind)).toEqual(["duplicate", "conflict"]);
    expect(appendMany(store, [other], { reading: 6 })).toMatchObject([{ kind: "appended", revision: 2 }]);
  });

  it("knows a receipt from before enrolment although its people have other pseudonyms now; later ones must agree in them", () => {
    const by = (operatorId: string, sequence: number, prices = [3]): ReturnType<typeof saleItem> => {
      const item = saleItem({ sequence, prices });
      return { ...item, transaction: { ...item.transaction, operatorId } };
    };
    appendTransaction(store, by("hashed-here", 1));
    noteRetailerPseudonyms(store);
    appendTransaction(store, by("hashed-by-retailer", 2));
    noteRetailerPseudonyms(store);
    expect(appendTransaction(store, by("hashed-by-retailer", 1))).toEqual({ kind: "duplicate" });
    expect(appendTransaction(store, by("someone-else", 2))).toMatchObject({ kind: "appended", revision: 2 });
    expect(appendTransaction(store, by("hashed-by-retailer", 1, [4]))).toMatchObject({ kind: "appended", revision: 2 });
  });

  it("writes the line that the protocol names", () => {
    const item = saleItem({ sequence: 1 });
    appendTransaction(store, { ...item, late: true });
    const batch = readBatch(store, { epoch: 1, afterSeq: 0, entriesMax: 1, bytesMax: 1 });
    const line = Buffer.from(batch.kind === "batch" ? batch.lines[0]! : "").toString();
    const body = { capture: item.capture, revision: 1, late: true, transaction: item.transaction };
    expect(line).toBe(encodeEntry({ seq: 1, hlc: encodeHlc(store.end.hlc), type: "transaction", body }));
    expect(capturedTransactionSchema.parse(JSON.parse(line).body)).toEqual(body);
  });

  it("refuses an entry past its limit and goes on with the next", () => {
    const big = makeSale({ sequence: 1, prices: Array.from({ length: 5_000 }, () => 100) });
    const outcomes = appendMany(store, [{ transaction: big, capture: CAPTURE }, saleItem({ sequence: 2 })]);
    expect(outcomes).toMatchObject([{ kind: "too-large" }, { kind: "appended", seq: 1 }]);
  });

  it("writes nothing when what goes alongside fails, and the same call works afterwards", () => {
    const heard: number[] = [];
    onAppended(store, () => heard.push(store.end.seq));
    expect(() =>
      appendMany(store, [saleItem({ sequence: 1 })], {
        alongside: () => {
          throw new Error("crash");
        },
      }),
    ).toThrow("crash");
    expect(store.end.seq).toBe(0);
    expect(heard).toEqual([]);
    appendMany(store, [saleItem({ sequence: 1 })]);
    expect(heard).toEqual([1]);
    expect(journalHeads(store)[0]?.seq).toBe(1);
  });

  it("goes on after a restart with the same chain and a later clock, though the wall clock went back a year", () => {
    appendTransaction(store, saleItem({ sequence: 1 }));
    const before = { ...store.end };
    store.close();
    wall -= 365 * 86_400_000;
    store = open();
    expect(store.end).toEqual(before);
    appendTransaction(store, saleItem({ sequence: 2 }));
    expect(store.end.hlc).toEqual({ ms: before.hlc.ms, counter: before.hlc.counter + 1 });
  });
});

describe("readBatch", () => {
  it("reads on from any entry, within entries and bytes", () => {
    appendMany(
      store,
      [1, 2, 3, 4].map((sequence) => saleItem({ sequence })),
    );
    const all = readBatch(store, { epoch: 1, afterSeq: 0, entriesMax: 500, bytesMax: 1e6 });
    if (all.kind !== "batch") throw new Error("pruned");
    expect(all.lines).toHaveLength(4);
    expect(toHex(all.lastHash)).toBe(journalHeads(store)[0]?.hash);
    const two = readBatch(store, { epoch: 1, afterSeq: 1, entriesMax: 2, bytesMax: 1e6 });
    expect(two).toMatchObject({ lastSeq: 3, previousHash: hashAt(store, 1, 1), lines: all.lines.slice(1, 3) });
    const one = readBatch(store, { epoch: 1, afterSeq: 0, entriesMax: 500, bytesMax: 1 });
    expect(one).toMatchObject({ lastSeq: 1, lines: all.lines.slice(0, 1) });
    expect(readBatch(store, { epoch: 1, afterSeq: 4, entriesMax: 5, bytesMax: 1e6 })).toMatchObject({ lines: [], lastSeq: 4 });
    expect(hashAt(store, 1, 5)).toBeUndefined();
    expect(hashAt(store, 9, 0)).toBeUndefined();
  });
});

describe("startEpoch", () => {
  it("carries the unacknowledged tail over, closes the old epoch and keeps both chains", () => {
    appendMany(
      store,
      [1, 2, 3].map((sequence) => saleItem({ sequence })),
    );
    const acked = toHex(hashAt(store, 1, 1) as Uint8Array);
    saveAcked(store, "cloud", 1, { seq: seq(1), hash: acked });
    const { epoch: next, head } = startEpoch(store, {
      reason: "fork",
      previous: { epoch: 1, seq: 1, hash: acked },
      afterEpoch: 4,
      carryOver: true,
    });
    expect([next, head.seq]).toEqual([5, 3]);
    expect(journalHeads(store)).toMatchObject([
      { epoch: 1, seq: 3, closed: true },
      { epoch: 5, seq: 3, closed: false },
    ]);
    const batch = readBatch(store, { epoch: 5, afterSeq: 0, entriesMax: 10, bytesMax: 1e6 });
    const entries = (batch.kind === "batch" ? batch.lines : []).map((line) => JSON.parse(Buffer.from(line).toString()));
    expect(entries[0]).toMatchObject({
      seq: 1,
      type: "epoch-start",
      body: { reason: "fork", carriedOver: 2, previous: { epoch: 1, seq: 1 } },
    });
    expect(entries.slice(1).map((e) => e.body.transaction.identity.sequence)).toEqual(["2", "3"]);
    expect(appendTransaction(store, saleItem({ sequence: 3 }))).toEqual({ kind: "duplicate" });
  });

  it("starts a new epoch by itself when the journal's key changed", () => {
    appendTransaction(store, saleItem({ sequence: 1 }));
    store.close();
    store = openAgentStore(dir, { now: () => wall, journalKey: "n".repeat(43) });
    expect(journalHeads(store)).toMatchObject([
      { epoch: 1, seq: 1 },
      { epoch: 2, seq: 1, journalKey: "n".repeat(43) },
    ]);
  });
});

describe("acknowledgements and verdicts", () => {
  it("keeps heads per upstream and epoch, back and forth", () => {
    appendTransaction(store, saleItem({ sequence: 1 }));
    const head = { seq: seq(1), hash: journalHeads(store)[0]!.hash };
    expect(ackedHead(store, "cloud", 1)).toBeUndefined();
    saveAcked(store, "cloud", 1, head);
    expect(ackedHead(store, "cloud", 1)).toEqual(head);
    saveAcked(store, "cloud", 1, { ...head, seq: seq(0) });
    expect(ackedHead(store, "cloud", 1)?.seq).toBe(0);
  });

  it("keeps each verdict once; a taken-up entry is no longer open", () => {
    const base = { epoch: epoch(1), seq: seq(1) };
    saveVerdicts(store, [
      { n: 1, ...base, kind: "set-aside", code: "entry.invalid" },
      { n: 2, epoch: epoch(1), seq: seq(2), kind: "set-aside", code: "entry.not-allowed" },
    ]);
    saveVerdicts(store, [
      { n: 2, epoch: epoch(1), seq: seq(2), kind: "set-aside" },
      { n: 3, ...base, kind: "taken-up" },
    ]);
    expect(lastVerdict(store)).toBe(3);
    expect(openVerdicts(store, 10)).toMatchObject([{ n: 2, seq: 2, code: "entry.not-allowed" }]);
  });
});
