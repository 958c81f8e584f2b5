import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { ALL, type WireDocument } from "@tillsync/sync-protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { digestDocuments } from "../digest-documents.ts";
import { readProduct } from "../read/read-product.ts";
import { writeReference } from "./in-reference.ts";
import { openReferenceStore } from "./open-reference-store.ts";
import type { ReferenceStore } from "./reference-store.ts";
import { keepLastChange, writeDocuments } from "./write-documents.ts";

let dir: string;
let stores: ReferenceStore[];

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsync-routes-"));
  stores = ["a", "b"].map((name) => openReferenceStore(join(dir, name), { now: () => 1_772_000_000_000 }));
});
afterAll(() => {
  for (const store of stores) store.close();
  rmSync(dir, { recursive: true });
});

/** The nth state of an article: what it says follows from its version. */
const stateOf = (id: number, version: number): WireDocument =>
  (id * 7 + version * 3) % 5 === 0
    ? { id: `i${id}`, schemaVersion: 1, version, _deleted: true }
    : {
        id: `i${id}`,
        gtins: [String(id * 10 + (version % 3)).padStart(14, "0"), String(900 + id).padStart(14, "0")],
        description: `Article ${id} as of ${version}`,
        schemaVersion: 1,
        version,
        _deleted: false,
      };

const states = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 6 })), { maxLength: 60 });

function take(store: ReferenceStore, documents: readonly WireDocument[], guard = true): void {
  writeReference(store, (file) => {
    const incoming = documents.map((document) => ({ document, text: JSON.stringify(document), scope: ALL }));
    if (!guard) for (const { document } of incoming) file.db.exec(`UPDATE ref_products SET version = 0 WHERE id = '${document.id}'`);
    writeDocuments(file, "products", incoming);
    keepLastChange(file);
  });
}

function clear(store: ReferenceStore): void {
  store.file.db.exec("DELETE FROM ref_products; DELETE FROM ref_product_gtin");
}

test("whatever the route, order, repetition and cut, stores that have heard the same have the same, and find it by its codes", () => {
  fc.assert(
    fc.property(states, fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 1, max: 9 }), (heard, shuffle, cut) => {
      const [a, b] = stores as [ReferenceStore, ReferenceStore];
      stores.forEach(clear);
      const documents = heard.map(([id, version]) => stateOf(id, version));
      take(a, documents);
      const other = [...documents, ...documents.slice(0, cut)].toSorted(
        (x, y) => ((x.version * 7_919 + shuffle) % 13) - ((y.version * 7_919 + shuffle) % 13) || (x.id < y.id ? 1 : -1),
      );
      for (let i = 0; i < other.length; i += cut) take(b, other.slice(i, i + cut));
      expect(digestDocuments(b)).toEqual(digestDocuments(a));
      for (const id of new Set(heard.map(([one]) => one))) {
        const last = stateOf(id, Math.max(...heard.filter(([one]) => one === id).map(([, version]) => version)));
        const gtin = String(900 + id).padStart(14, "0");
        for (const store of stores) expect(readProduct(store, { gtin })?.description).toBe(last["description"]);
      }
      expect(codes(b)).toEqual(codes(a));
    }),
    { numRuns: 60 },
  );
});

const codes = (store: ReferenceStore): unknown[] =>
  store.file.db
    .prepare("SELECT gtin, id FROM ref_product_gtin UNION ALL SELECT gtin, id FROM ref_products WHERE deleted = 0 ORDER BY gtin, id")
    .all();

test("without the guard of versions the order decides: the check notices", () => {
  const [a, b] = stores as [ReferenceStore, ReferenceStore];
  stores.forEach(clear);
  take(a, [stateOf(1, 1), stateOf(1, 2)], false);
  take(b, [stateOf(1, 2)], false);
  take(b, [stateOf(1, 1)], false);
  expect(digestDocuments(b)).not.toEqual(digestDocuments(a));
});
