import { chainHashes, fromHex, hashHex, seq, toHex, type HashHex } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestFolder, TEST_KEY, type TestFolder } from "../store/testing/open-test-folder.ts";
import { saveAcked } from "./acknowledge.ts";
import { appendMany } from "./append-many.ts";
import { entryKey } from "./entry-key.ts";
import { exportJournal } from "./export-journal.ts";
import { hashAt } from "./hash-at.ts";
import { sha256Pair } from "./hash.ts";
import { journalHeads } from "./journal-heads.ts";
import { PRUNE_STEP_ENTRIES, pruneEntries } from "./prune.ts";
import { pruneReceipts } from "./prune-receipts.ts";
import { readBatch } from "./read-batch.ts";
import { startEpoch } from "./start-epoch.ts";
import { saleItem } from "./testing/sales.ts";
import { verifyJournal } from "./verify-journal.ts";

const DAY_MS = 86_400_000;
let folder: TestFolder;
beforeEach(() => {
  folder = openTestFolder();
});
afterEach(() => {
  folder.remove();
});

const sell = (first: number, last: number): void => {
  appendMany(
    folder.store,
    Array.from({ length: last - first + 1 }, (_, i) => saleItem({ sequence: first + i, prices: [100] })),
  );
};
const acknowledge = (epoch: number, to: number, upstream = "cloud"): void =>
  saveAcked(folder.store, upstream, epoch, { seq: seq(to), hash: toHex(hashAt(folder.store, epoch, to) as Uint8Array) });
const pruneAll = (days = 35): number => {
  let sum = 0;
  for (let n = 1; n > 0; sum += n) n = pruneEntries(folder.store, days);
  return sum;
};

describe("verifyJournal", () => {
  beforeEach(() => {
    sell(1, 5);
  });

  it("finds an intact journal intact, over several epochs", () => {
    startEpoch(folder.store, {
      reason: "restored",
      previous: { epoch: 1, seq: 5, hash: journalHeads(folder.store)[0]!.hash },
      afterEpoch: 1,
      carryOver: false,
    });
    sell(6, 7);
    expect(verifyJournal(folder.store)).toMatchObject({
      ok: true,
      entries: 8,
      receipts: 7,
      epochs: [
        { epoch: 1, seq: 5, ok: true },
        { epoch: 2, seq: 3, ok: true },
      ],
    });
  });

  it.each([
    ["a changed byte", "UPDATE entry SET line = CAST(replace(CAST(line AS TEXT), '100', '900') AS BLOB) WHERE key = $key"],
    ["a lost entry", "DELETE FROM entry WHERE key = $key"],
    ["a changed receipt", "UPDATE receipt SET content_hash = zeroblob(32) WHERE entry_key = $key"],
    ["a lost receipt", "DELETE FROM receipt WHERE entry_key = $key"],
  ])("names the entry of %s", (_, text) => {
    folder.store.db.prepare(text).run({ key: entryKey(1, 3) });
    const { ok, faults } = verifyJournal(folder.store);
    expect(ok).toBe(false);
    expect(faults[0]).toMatchObject({ code: "journal.chain-broken", epoch: 1, seq: 3 });
  });

  it.each([
    ["gross", "UPDATE day_total SET gross = gross + 1"],
    ["count", "UPDATE day_total SET transactions = transactions - 1"],
    ["row", "DELETE FROM day_total"],
  ])("finds totals that are not those of the receipts: %s", (_, text) => {
    folder.store.db.exec(text);
    expect(verifyJournal(folder.store)).toMatchObject({
      ok: false,
      faults: [{ epoch: null, what: expect.stringContaining("totals of 2026-03-02") }],
    });
  });
});

describe("pruneEntries", () => {
  it("takes what all upstreams have and what is old, in steps, and leaves a chain that can be checked", () => {
    sell(1, PRUNE_STEP_ENTRIES + 20);
    folder.wallMs += 40 * DAY_MS;
    sell(1_001, 1_010);
    expect(pruneAll()).toBe(0);
    acknowledge(1, PRUNE_STEP_ENTRIES + 25);
    expect(pruneEntries(folder.store, 35)).toBe(PRUNE_STEP_ENTRIES);
    expect(pruneAll()).toBe(20);
    expect(verifyJournal(folder.store)).toMatchObject({ ok: true, entries: 10, epochs: [{ fromSeq: PRUNE_STEP_ENTRIES + 21 }] });
    expect(readBatch(folder.store, { epoch: 1, afterSeq: 5, entriesMax: 5, bytesMax: 1e6 })).toEqual({ kind: "pruned" });
    expect(readBatch(folder.store, { epoch: 1, afterSeq: PRUNE_STEP_ENTRIES + 20, entriesMax: 5, bytesMax: 1e6 })).toMatchObject({
      kind: "batch",
    });
    expect(hashAt(folder.store, 1, 7)).toBe("pruned");
  });

  it("never takes what one of two upstreams lacks, nor where an upstream's head is not ours", () => {
    sell(1, 10);
    folder.wallMs += 400 * DAY_MS;
    acknowledge(1, 10, "peer");
    acknowledge(1, 4);
    expect(pruneAll()).toBe(4);
    saveAcked(folder.store, "cloud", 1, { seq: seq(9), hash: hashHex("ab".repeat(32)) });
    expect(pruneAll()).toBe(0);
  });

  it("keeps the last entry, so that clock and number go on after a restart", () => {
    sell(1, 3);
    const { hlc } = folder.store.end;
    acknowledge(1, 3);
    folder.wallMs += 400 * DAY_MS;
    expect(pruneAll()).toBe(2);
    folder.wallMs -= 1_000 * DAY_MS;
    folder.restart();
    expect(folder.store.end).toMatchObject({ seq: 3, hlc });
    sell(4, 4);
    expect(verifyJournal(folder.store).ok).toBe(true);
  });

  it("still knows the pruned receipt when its file comes again, and revises its total", () => {
    sell(1, 3);
    acknowledge(1, 3);
    folder.wallMs += 400 * DAY_MS;
    pruneAll();
    expect(
      appendMany(folder.store, [saleItem({ sequence: 1, prices: [100] }), saleItem({ sequence: 2, prices: [150] })]).map((o) => o.kind),
    ).toEqual(["duplicate", "appended"]);
    expect(verifyJournal(folder.store).ok).toBe(true);
  });
});

describe("pruneReceipts", () => {
  it("takes receipts past two years whose entry is gone; totals stay, and verify knows", () => {
    sell(1, 4);
    acknowledge(1, 4);
    folder.wallMs += 900 * DAY_MS;
    expect(pruneReceipts(folder.store, 800, "")).toBeUndefined();
    expect(verifyJournal(folder.store).receipts).toBe(4);
    pruneAll();
    pruneReceipts(folder.store, 800, "");
    expect(verifyJournal(folder.store)).toMatchObject({ ok: true, receipts: 1 });
  });
});

describe("exportJournal", () => {
  it("is NDJSON that leads from its start to its signed head", () => {
    sell(1, 6);
    acknowledge(1, 2);
    folder.wallMs += 400 * DAY_MS;
    pruneAll();
    const text = Buffer.concat([...exportJournal(folder.store, { terminalId: "till-1", storeId: null }, () => "signature")]).toString();
    const [header, journal, ...lines] = text.trimEnd().split("\n");
    expect(JSON.parse(header!)).toEqual({ tillsyncExport: 1, terminalId: "till-1", storeId: null, epochs: 1 });
    const { after, entries, head, journalKey } = JSON.parse(journal!).journal as {
      after: { seq: number; hash: HashHex };
      entries: number;
      head: { hash: string };
      journalKey: string;
    };
    expect([after.seq, entries, lines.length, journalKey]).toEqual([2, 4, 4, TEST_KEY]);
    const hashes = chainHashes(
      sha256Pair,
      fromHex(after.hash),
      lines.map((line) => Buffer.from(line)),
    );
    expect(toHex(hashes.at(-1)!)).toBe(head.hash);
  });
});
