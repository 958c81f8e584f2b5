import { describe, expect, test } from "vitest";
import { CHECKPOINT_SCOPES_MAX, checkpointSchema, covers, joinCheckpoints } from "./checkpoint.ts";
import { collections, documentSchemas, SCHEMA_VERSIONS } from "./collection.ts";
import { documentIdSchema } from "./documents/common.ts";
import { CONFIGURATION_BYTES_MAX } from "./documents/configuration.ts";
import { ORDER_LINES_MAX } from "./documents/order.ts";
import { PRODUCT_COMPONENTS_MAX, PRODUCT_GTINS_MAX } from "./documents/product.ts";
import { SEALED_CHARS_MAX } from "./documents/member.ts";
import { STOCK_TERMINALS_MAX } from "./documents/stock.ts";
import { documentPushSchema, PUSH_DOCUMENTS_MAX } from "./replication.ts";
import { CHUNK_BYTES_MAX, CHUNK_DOCUMENTS_MAX, CHUNK_PLAIN_BYTES_MAX, snapshotChunkSchema } from "./snapshot.ts";
import { readDocument } from "./upcast.ts";

const price = { id: "p1", itemId: "i1", currency: "EUR", exponent: 2, amount: "199" };
const wire = { ...price, schemaVersion: 1, version: 1, _deleted: false };
const coded = (code: string): unknown => expect.objectContaining({ code });

describe("documents", () => {
  test("every collection has a schema and a version", () => {
    expect(Object.keys(documentSchemas).toSorted()).toEqual([...collections].toSorted());
    expect(Object.keys(SCHEMA_VERSIONS).toSorted()).toEqual([...collections].toSorted());
  });

  test.each([
    ["a negative amount", { amount: "-1" }, "not negative"],
    ["another currency's exponent", { exponent: 3 }, "exponent"],
    ["an amount with a point", { amount: "1.99" }, "integer minor units"],
    ["an end before its start", { validFrom: "2026-12-02T00:00", validUntil: "2026-12-01T00:00" }, "after validFrom"],
    ["a day that is none", { validFrom: "2026-02-30T00:00" }, "no such day"],
    ["a field that nobody knows", { colour: "red" }, "colour"],
  ])("a price with %s is refused with the reason", (_what, change, reason) => {
    expect(() => readDocument("prices", { ...wire, ...change })).toThrow(
      expect.objectContaining({ code: "reference.invalid", detail: expect.stringContaining(reason) as string }),
    );
  });

  test("limits hold at and past", () => {
    const at = (n: number, past: number): unknown[] => Array.from({ length: n + past }, (_, i) => i);
    const gtins = (past: number) => ({
      id: "a",
      description: "x",
      gtins: at(PRODUCT_GTINS_MAX, past).map((i) => String(i).padStart(14, "0")),
    });
    const components = (past: number) => ({
      id: "a",
      description: "x",
      components: at(PRODUCT_COMPONENTS_MAX, past).map((i) => ({ itemId: `c${String(i)}`, quantity: "1" })),
    });
    const sealed = (past: number) => ({ id: "m", sealed: `a.b.c.d.${"e".repeat(SEALED_CHARS_MAX - 8 + past)}` });
    const configuration = (past: number) => ({ id: "c", value: "x".repeat(CONFIGURATION_BYTES_MAX - 2 + past) });
    const order = (past: number) => ({
      id: "o",
      orderId: "o",
      storeId: "S1",
      status: "created",
      currency: "EUR",
      exponent: 2,
      total: "0",
      due: "0",
      lines: at(ORDER_LINES_MAX, past).map((i) => ({ itemId: `i${String(i)}`, quantity: { value: "1", uom: "EA" } })),
    });
    const stock = (past: number) => ({
      id: "s",
      storeId: "S1",
      itemId: "i",
      onHand: "1",
      included: Object.fromEntries(at(STOCK_TERMINALS_MAX, past).map((i) => [`t${String(i)}`, { epoch: 1, seq: 1 }])),
    });
    for (const past of [0, 1]) {
      const ok = past === 0;
      expect(documentSchemas.products.safeParse(gtins(past)).success).toBe(ok);
      expect(documentSchemas.products.safeParse(components(past)).success).toBe(ok);
      expect(documentSchemas.members.safeParse(sealed(past)).success).toBe(ok);
      expect(documentSchemas.configuration.safeParse(configuration(past)).success).toBe(ok);
      expect(documentSchemas.orders.safeParse(order(past)).success).toBe(ok);
      expect(documentSchemas.stock.safeParse(stock(past)).success).toBe(ok);
      expect(documentIdSchema.safeParse("x".repeat(200 + past)).success).toBe(ok);
      expect(documentPushSchema.safeParse(at(PUSH_DOCUMENTS_MAX, past).map(() => ({ newDocumentState: wire }))).success).toBe(ok);
      const scopes = Object.fromEntries(at(CHECKPOINT_SCOPES_MAX, past).map((i) => [`store:S${String(i)}`, 1]));
      expect(checkpointSchema.safeParse(scopes).success).toBe(ok);
      const chunk = { sha256: "0".repeat(64), bytes: CHUNK_BYTES_MAX, plainBytes: CHUNK_PLAIN_BYTES_MAX, documents: CHUNK_DOCUMENTS_MAX };
      for (const field of ["bytes", "plainBytes", "documents"] as const)
        expect(snapshotChunkSchema.safeParse({ ...chunk, [field]: chunk[field] + past }).success).toBe(ok);
    }
  });
});

describe("an older document", () => {
  test("is lifted to the current shape; without a path it is told by code", () => {
    const older = { ...wire, schemaVersion: 0, amount: undefined, cents: 199 };
    const lift = { prices: { 0: ({ cents, ...rest }: Record<string, unknown>) => ({ ...rest, amount: String(cents) }) } };
    expect(readDocument("prices", older, lift)).toMatchObject({ id: "p1", amount: "199" });
    expect(() => readDocument("prices", older)).toThrow(coded("reference.schema-unknown"));
    expect(() => readDocument("prices", { ...wire, schemaVersion: 2 })).toThrow(coded("reference.schema-unknown"));
  });
});

describe("checkpoints", () => {
  test("join takes the further of each scope, and a new scope leaves the others", () => {
    const a = checkpointSchema.parse({ all: 5, "store:S1": 2 });
    const b = checkpointSchema.parse({ all: 3, "store:S1": 4, "terminal:t": 1 });
    expect(joinCheckpoints(a, b)).toEqual({ all: 5, "store:S1": 4, "terminal:t": 1 });
    expect(joinCheckpoints(b, a)).toEqual(joinCheckpoints(a, b));
    expect(covers(joinCheckpoints(a, b), a)).toBe(true);
    expect(covers(a, b)).toBe(false);
  });
});
