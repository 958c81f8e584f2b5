import { closeSync, existsSync, openSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { ALL, storeId, type WireDocument } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { priceOf, productOf, STORE_SCOPE } from "../testing/documents.ts";
import { ReferenceTill, STORE, TERMINAL } from "../testing/reference-till.ts";
import { TOMBSTONES_KEPT } from "../limits.ts";
import { readProduct } from "../read/read-product.ts";
import { openReferenceToRead, referenceAtRest } from "../status-at-rest.ts";
import { adoptScopes } from "./adopt-scopes.ts";
import { applyNow } from "./apply-in-slices.ts";
import { findDocument, findDocuments } from "./find-documents.ts";
import { readReference, writeReference } from "./in-reference.ts";
import { REFERENCE_MIGRATIONS } from "./migrations.ts";
import { DAMAGED_FILE, openReferenceStore, REFERENCE_FILE } from "./open-reference-store.ts";
import { checkpointOf, movePosition } from "./positions.ts";
import { pruneTombstones } from "./prune-tombstones.ts";

let till: ReferenceTill;
beforeEach(() => {
  till = new ReferenceTill();
});
afterEach(() => till.close());

const owner = { cloud: "c1", terminal: TERMINAL, store: STORE };
const wire = (id: string, fields: object, version = 1): WireDocument => ({ id, ...fields, schemaVersion: 1, version, _deleted: false });
const gone = (id: string, version: number): WireDocument => ({ id, schemaVersion: 1, version, _deleted: true });
const take = (collection: "products" | "prices", scope: typeof ALL, ...documents: WireDocument[]): void =>
  applyNow(
    till.store,
    collection,
    documents.map((document) => ({ document, text: JSON.stringify(document), scope })),
    (file) => movePosition(file, collection, scope, documents.length),
  );
const coded = (code: string): unknown => expect.objectContaining({ code });

describe("the file", () => {
  it("is its owner's alone, does not wait for the disk, and is read beside its writer", () => {
    take("products", ALL, wire("i1", productOf(1)));
    expect(statSync(join(till.dir, REFERENCE_FILE)).mode & 0o077).toBe(0);
    expect(till.store.file.db.pragma("synchronous", { simple: true })).toBe(1);
    const reader = openReferenceToRead(till.dir, () => 0);
    expect(readProduct(reader, { gtin: "4000000000001" })?.id).toBe("i1");
    expect(() => writeReference(reader, () => 0)).toThrow("only the writer");
    reader.close();
  });

  it("is put aside when it is no database or from a newer version, and begun anew", () => {
    till.store.close();
    writeFileSync(join(till.dir, REFERENCE_FILE), Buffer.alloc(8_192, 0x41));
    till.store = till.open();
    expect(existsSync(join(till.dir, DAMAGED_FILE))).toBe(true);
    till.store.file.db.pragma("user_version = 990");
    till.store.close();
    expect(referenceAtRest(till.dir, () => 5)).toMatchObject({ state: "resting", lastError: { code: "data.future", at: 5 } });
    till.store = till.open();
    expect(till.store.file.db.pragma("user_version", { simple: true })).toBe(REFERENCE_MIGRATIONS.at(-1)?.version);
  });

  it("is replaced when damage shows in the middle of a read, and the agent goes on", () => {
    for (let i = 0; i < 40; i += 1) take("products", ALL, ...Array.from({ length: 20 }, (_, j) => wire(`i${i * 20 + j}`, productOf(j))));
    till.store.file.db.pragma("wal_checkpoint(TRUNCATE)");
    till.store.close();
    const path = join(till.dir, REFERENCE_FILE);
    const file = openSync(path, "r+");
    for (let at = 16_384; at < statSync(path).size; at += 1_024) writeSync(file, Buffer.alloc(512, 0xff), 0, 512, at);
    closeSync(file);
    till.store = till.open();
    const first = till.store.file;
    expect(findDocuments(till.store, "prices", "item_id", "i1")).toEqual({ documents: [], unreadable: 0 });
    for (let i = 0; i < 800; i += 1) findDocument(till.store, "products", `i${i}`);
    expect(till.store.damaged).toBe(1);
    expect(till.store.file).not.toBe(first);
    take("products", ALL, wire("i1", productOf(1)));
    expect(readProduct(till.store, { itemId: "i1" })?.id).toBe("i1");
  });

  it("does not exist for a reader before the agent made it", () => {
    expect(() => openReferenceToRead(join(till.dir, "none"), () => 0)).toThrow(coded("data.not-found"));
    expect(referenceAtRest(join(till.dir, "none"), () => 0).state).toBe("not-enrolled");
  });

  it("keeps numbers of changes going up over its replacements", () => {
    const before = till.store.file.lastChange;
    take("products", ALL, wire("i1", productOf(1)));
    expect(till.store.file.lastChange).toBe(before + 1);
    till.reopen();
    expect(till.store.file.lastChange).toBe(before + 1);
    const later = openReferenceStore(join(till.dir, "other"), { now: () => till.ports.wallMs() + 5_000 });
    expect(later.file.lastChange).toBeGreaterThan(before + 1);
    later.close();
  });
});

describe("documents", () => {
  it("of a shape that cannot be read are kept and counted, and hide nothing else", () => {
    take("prices", ALL, wire("p1", priceOf(1, 100)), { ...wire("p2", priceOf(1, 90)), schemaVersion: 9 }, wire("p3", { itemId: "i1" }));
    expect(findDocuments(till.store, "prices", "item_id", "i1")).toMatchObject({ documents: [{ id: "p1" }], unreadable: 2 });
    expect(() => findDocument(till.store, "prices", "p2")).toThrow(coded("reference.schema-unknown"));
  });

  it("that were deleted stay deleted for an older version, and live again with a newer one", () => {
    take("products", ALL, wire("i1", productOf(1), 4));
    take("products", ALL, gone("i1", 5));
    take("products", ALL, wire("i1", productOf(1), 3));
    expect(readProduct(till.store, { itemId: "i1" })).toBeUndefined();
    expect(readProduct(till.store, { gtin: "4000000000001" })).toBeUndefined();
    take("products", ALL, wire("i1", productOf(1), 6));
    expect(readProduct(till.store, { gtin: "04000000000001" })?.id).toBe("i1");
  });

  it("that another scope lost live on in the scope that has them, at the same version", () => {
    take("products", ALL, gone("i1", 5));
    take("products", STORE_SCOPE, wire("i1", productOf(1), 5));
    take("products", ALL, gone("i1", 5));
    expect(readProduct(till.store, { itemId: "i1" })?.id).toBe("i1");
  });
});

describe("a terminal that moves to another store", () => {
  it("drops what it may no longer see and keeps the rest with its position", () => {
    expect(adoptScopes(till.store, owner)).toBe("changed");
    take("prices", ALL, wire("p1", priceOf(1, 100)));
    take("prices", STORE_SCOPE, wire("s1", priceOf(1, 90)), wire("s2", priceOf(2, 90)));
    expect(adoptScopes(till.store, owner)).toBe("as before");
    expect(adoptScopes(till.store, { ...owner, store: storeId("S2") })).toBe("changed");
    expect(findDocument(till.store, "prices", "p1")?.id).toBe("p1");
    expect(findDocument(till.store, "prices", "s1")).toBeUndefined();
    expect(checkpointOf(till.store.file, "prices")).toEqual({ all: 1 });
  });

  it("to another cloud drops everything", () => {
    adoptScopes(till.store, owner);
    take("prices", ALL, wire("p1", priceOf(1, 100)));
    adoptScopes(till.store, { ...owner, cloud: "c2" });
    expect(findDocument(till.store, "prices", "p1")).toBeUndefined();
    expect(checkpointOf(till.store.file, "prices")).toEqual({});
  });
});

it("forgets the oldest tombstones past a number, not the newest and not the living", () => {
  take("products", ALL, wire("i9", productOf(9)), ...["a", "b", "c", "d"].map((id) => gone(id, 2)));
  pruneTombstones(till.store, 2);
  const left = readReference(till.store, (file) => file.db.prepare("SELECT id FROM ref_products ORDER BY id").pluck().all());
  expect(left).toEqual(["c", "d", "i9"].filter((id) => left.includes(id)));
  expect(left).toContain("d");
  expect(left).toContain("i9");
  expect(left.length).toBe(3);
  expect(TOMBSTONES_KEPT).toBeGreaterThan(100);
});
