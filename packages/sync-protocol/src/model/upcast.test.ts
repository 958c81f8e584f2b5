import { describe, expect, test } from "vitest";
import { TillsyncError } from "../errors/tillsync-error.ts";
import { sampleSale } from "../testing/sample.ts";
import { readTransaction, UPCASTERS, type Upcaster } from "./upcast.ts";
import { TRANSACTION_SCHEMA_VERSION } from "./transaction.ts";

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof TillsyncError) return error.code;
    throw error;
  }
  return "none";
};

/** As if today's shape were version 3: two older ones, of which the first named the till differently, the second its state. */
const older: Record<number, Upcaster> = {
  [-1]: ({ till, ...rest }) => ({ ...rest, schemaVersion: 0, identity: { ...(rest["identity"] as object), workstation: till } }),
  0: ({ done, ...rest }) => ({ ...rest, schemaVersion: 1, status: done === true ? "completed" : "cancelled" }),
};
const {
  status: _status,
  identity: { workstation, ...identity },
  ...unchanged
} = sampleSale() as ReturnType<typeof sampleSale> & Record<string, unknown>;

describe("a transaction of an older version", () => {
  test("is lifted step by step to the current one, with every fact kept", () => {
    const oldest = { ...unchanged, identity, schemaVersion: -1, till: workstation, done: true };
    expect(readTransaction(oldest, older)).toEqual(sampleSale());
    expect(readTransaction({ ...unchanged, identity: { ...identity, workstation }, schemaVersion: 0, done: false }, older)).toMatchObject({
      status: "cancelled",
    });
  });

  test("without a path is kept as unknown, never guessed", () => {
    for (const version of [-2, TRANSACTION_SCHEMA_VERSION + 1, "1", undefined, null, 1.5])
      expect(
        codeOf(() => readTransaction({ ...sampleSale(), schemaVersion: version }, older)),
        String(version),
      ).toBe("entry.schema-unknown");
  });

  test("lifted to a wrong shape names the field", () => {
    const broken = { 0: () => ({ ...sampleSale(), schemaVersion: 1, status: "gone" }) };
    expect(codeOf(() => readTransaction({ schemaVersion: 0 }, broken))).toBe("entry.invalid");
  });

  test("meets an upcaster that does not move the version by one: a bug, told as one", () => {
    expect(() => readTransaction({ schemaVersion: 0 }, { 0: (shape) => ({ ...shape, schemaVersion: 2 }) })).toThrow("upcaster 0");
    expect(() => readTransaction({ schemaVersion: 0 }, { 0: (shape) => shape })).toThrow("upcaster 0");
  });
});

test("what is no transaction at all is invalid", () => {
  for (const value of [null, 1, "sale", [], true])
    expect(codeOf(() => readTransaction(value))).toMatch(/^entry\.(invalid|schema-unknown)$/);
  expect(codeOf(() => readTransaction({ ...sampleSale(), extra: 1 }))).toBe("entry.invalid");
});

test("every version below the current one has its upcaster", () => {
  for (let version = 1; version < TRANSACTION_SCHEMA_VERSION; version++)
    expect(UPCASTERS[version], `version ${version}`).toBeTypeOf("function");
});

test("a type that a later version may know is kept as unknown, and named; what is no type is invalid", () => {
  expect(codeOf(() => readTransaction({ ...sampleSale(), transactionType: "Reservation" }))).toBe("entry.schema-unknown");
  for (const type of [undefined, null, 7])
    expect(codeOf(() => readTransaction({ ...sampleSale(), transactionType: type }))).toBe("entry.invalid");
  expect(() => readTransaction({ ...sampleSale(), transactionType: "x".repeat(10_000) })).toThrow(
    expect.objectContaining({ detail: `transactionType ${"x".repeat(40)}` }),
  );
});
