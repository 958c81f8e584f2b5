import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CLOUD } from "../replicator/replica-journal.ts";
import { appendMany } from "../journal/append-many.ts";
import { journalHeads } from "../journal/journal-heads.ts";
import { saveAcked, saveVerdicts } from "../journal/acknowledge.ts";
import { saleItem } from "../journal/testing/sales.ts";
import { keepSetAside, resolveSetAside } from "../capture/set-aside.ts";
import { dropDocument, loadReference, putDocument, STORE, TERMINAL } from "../intake/testing/fill-reference.ts";
import { openReferenceStore } from "../reference/store/open-reference-store.ts";
import type { ReferenceStore } from "../reference/store/reference-store.ts";
import { inTransaction } from "../store/in-transaction.ts";
import { openTestFolder, type TestFolder } from "../store/testing/open-test-folder.ts";
import { snapshotSchema, type Snapshot } from "../window-api/snapshot.ts";
import { goodSource } from "../window-api/snapshots-for-tests.ts";
import { trayState } from "../window-api/tray-state.ts";
import { createSnapshots, type SnapshotDeps } from "./read-snapshot.ts";

let folder: TestFolder;
let reference: ReferenceStore;
let change: Partial<SnapshotDeps>;
let take: () => Snapshot;

beforeEach(() => {
  folder = openTestFolder();
  reference = openReferenceStore(folder.dir, { now: () => folder.wallMs });
  loadReference(reference, folder.wallMs);
  change = {};
  const deps = (): SnapshotDeps => ({
    store: folder.store,
    reference,
    enrolment: () => ({ terminal: TERMINAL, store: STORE }) as ReturnType<SnapshotDeps["enrolment"]>,
    line: () => ({ state: "online", lastError: null }),
    lineSinceMs: () => folder.wallMs - 60_000,
    clock: () => ({ offsetMs: 2.4, code: null }),
    referenceLine: () => ({ state: "live", asOfMs: folder.wallMs, code: null }),
    folders: () => [{ ...goodSource, lastReadAtMs: folder.wallMs }],
    intake: () => null,
    disk: () => "ok",
    config: () => ({}),
    pause: () => null,
    updates: () => null,
    updateProblem: () => null,
    ...change,
  });
  // Each call of a part looks anew at what the test has changed.
  const live = new Proxy({} as SnapshotDeps, { get: (_, name: keyof SnapshotDeps) => deps()[name] });
  take = createSnapshots(live);
});
afterEach(() => {
  reference.close();
  folder.remove();
});

const head = () => journalHeads(folder.store).at(-1)!;
const kind = (): string => trayState(take(), folder.wallMs).kind;
const aside = (name: string, code = "capture.malformed"): void =>
  void inTransaction(folder.store, () =>
    keepSetAside(folder.store, { source: "pos", adapter: "poslog", name, code, bytes: Buffer.from(name), bytesTotal: name.length }),
  );

describe("a picture", () => {
  it("is what its schema says, and green on a good day", () => {
    const snapshot = snapshotSchema.parse(take());
    expect(snapshot).toMatchObject({ terminalId: TERMINAL, storeId: STORE, problems: [], pending: { entries: 0, oldestAtMs: null } });
    expect(kind()).toBe("safe");
  });

  it("counts what the cloud has not acknowledged, since when", () => {
    const soldAtMs = folder.wallMs;
    appendMany(folder.store, [saleItem({ sequence: 1 }), saleItem({ sequence: 2 })]);
    folder.wallMs += 5_000;
    expect(take().pending).toEqual({ entries: 2, oldestAtMs: soldAtMs });
    expect(kind()).toBe("sending");
    saveAcked(folder.store, CLOUD, head().epoch, head());
    expect(take().pending).toEqual({ entries: 0, oldestAtMs: null });
    expect(kind()).toBe("safe");
  });

  it("counts what was set aside here and by the cloud, and apart what IT has", () => {
    aside("a");
    aside("b");
    aside("row", "capture.not-a-sale");
    saveVerdicts(folder.store, [{ n: 7, epoch: 1, seq: 1, kind: "set-aside", code: "entry.invalid" }] as unknown as Parameters<
      typeof saveVerdicts
    >[1]);
    expect(take().setAside).toEqual({ open: 3, handedToIt: 0 });
    expect(take().problems).toMatchObject([{ code: "capture.set-aside", detail: "3" }]);
    folder.store.db.exec("INSERT INTO support_item (item, number, at_ms) VALUES (1, 'AB12', 1), (-7, 'AB12', 1)");
    expect(take().setAside).toEqual({ open: 1, handedToIt: 2 });
    inTransaction(folder.store, () => resolveSetAside(folder.store, 2));
    saveVerdicts(folder.store, [{ n: 8, epoch: 1, seq: 1, kind: "taken-up" }] as unknown as Parameters<typeof saveVerdicts>[1]);
    expect(take().setAside).toEqual({ open: 0, handedToIt: 1 });
    expect(kind()).toBe("safe");
  });

  it("counts orders that wait, less those handed over here, and those that contradict themselves", () => {
    const order = { orderId: "o1", storeId: STORE, status: "picked", lines: [] };
    putDocument(reference, "orders", "o1", order);
    putDocument(reference, "orders", "o2", { ...order, orderId: "o2" });
    putDocument(reference, "orders", "o3", { ...order, orderId: "o3", status: "fulfilled", conflict: "handed-over-twice" });
    expect(take().orders).toEqual({ toHandOver: 2, conflicts: 1 });
    folder.store.db.exec(
      "INSERT INTO order_step (step_id, content_hash, order_id, status, revision, hlc, epoch, seq, at_ms) VALUES ('s', x'00', 'o1', 'fulfilled', 1, 'h', 1, 1, 1)",
    );
    dropDocument(reference, "orders", "o3");
    expect(take().orders).toEqual({ toHandOver: 1, conflicts: 0 });
    const plan = reference.file.db
      .prepare(
        `EXPLAIN QUERY PLAN SELECT 1 FROM ref_orders WHERE deleted = 0 AND instr(body, '"conflict":') > 0 AND json_extract(body, '$.conflict') IS NOT NULL`,
      )
      .all();
    expect(JSON.stringify(plan)).toContain("ref_orders_conflict");
  });

  it("names the store and whom to call: what head office set before what is configured, and nothing of another shape", () => {
    expect(take()).toMatchObject({ storeName: null, timeZone: null, help: null });
    change = { config: () => ({ help: { name: "Anna" } }) };
    putDocument(reference, "stores", STORE, { name: "High Street", timeZone: "Europe/Berlin", currency: "EUR", pricesIncludeTax: true });
    expect(take()).toMatchObject({ storeName: "High Street", timeZone: "Europe/Berlin", help: { name: "Anna", phone: null } });
    putDocument(reference, "configuration", "help", { value: { name: "Service desk", phone: "+49 30 1234" } });
    expect(take().help).toEqual({ name: "Service desk", phone: "+49 30 1234" });
    putDocument(reference, "configuration", "help", { value: "call us" });
    expect(take().help).toEqual({ name: "Anna", phone: null });
  });

  it("holds the HTTP interface as a source, and is not green while that fails", () => {
    change = { folders: () => [], intake: () => ({ state: "listening", host: "127.0.0.1", port: 4410, connections: 1 }) };
    expect(kind()).toBe("safe");
    change = {
      folders: () => [],
      intake: () => ({ state: "failing", host: "127.0.0.1", port: 4410, connections: 0, code: "intake.address" }),
    };
    expect(trayState(take(), folder.wallMs)).toMatchObject({ kind: "attention", code: "intake.address" });
  });
});
