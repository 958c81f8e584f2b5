import { type EntryType } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inTransaction } from "../store/in-transaction.ts";
import { openTestFolder, type TestFolder } from "../store/testing/open-test-folder.ts";
import { appendTransaction } from "./append-transaction.ts";
import { hashAt } from "./hash-at.ts";
import { readBatch } from "./read-batch.ts";
import { startEpoch } from "./start-epoch.ts";
import { saleItem } from "./testing/sales.ts";
import { encodeNext, insertEntry, moveEnd } from "./write-entry.ts";

let folder: TestFolder;
beforeEach(() => {
  folder = openTestFolder();
});
afterEach(() => folder.remove());

test("an entry that a newer version wrote goes along with its type and body, for the epoch that it leaves is not sent any more", () => {
  const { store } = folder;
  appendTransaction(store, saleItem({ sequence: 1 }));
  const entry = encodeNext(store.end, store.now(), "loyalty-award" as EntryType, '{"points":12}');
  if (entry === "too-large") throw new Error("a small entry");
  inTransaction(store, () => insertEntry(store, entry));
  moveEnd(store, entry.end);
  const genesis = Buffer.from(hashAt(store, 1, 0) as Uint8Array).toString("hex");
  startEpoch(store, { reason: "fork", previous: { epoch: 1, seq: 0, hash: genesis }, afterEpoch: 1, carryOver: true });
  const batch = readBatch(store, { epoch: 2, afterSeq: 0, entriesMax: 10, bytesMax: 1e6 });
  const entries = (batch.kind === "batch" ? batch.lines : []).map((line) => JSON.parse(Buffer.from(line).toString()));
  expect(entries.map(({ type }) => type)).toEqual(["epoch-start", "transaction", "loyalty-award"]);
  expect(entries[0].body.carriedOver).toBe(2);
  expect(entries[2].body).toEqual({ points: 12 });
});
