import * as fc from "fast-check";
import { expect, test } from "vitest";
import { identitySchema, naturalKey, NATURAL_KEY_LENGTH_MAX, naturalKeySchema, referencedKey, type Identity } from "./identity.ts";

/** Text that tries to look like the joined or the encoded form of another. */
const hostile = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12, unit: "binary" }),
  fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom("/", "%", ".", "2", "F", "5", "a") }),
);
const identity: fc.Arbitrary<Identity> = fc
  .record(
    {
      store: hostile,
      workstation: hostile,
      businessDay: fc.constantFrom("2017-10-01", "2017-10-02"),
      sequence: fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom("1", "2", ".", "-") }),
      discriminator: hostile,
    },
    { requiredKeys: ["store", "workstation", "businessDay", "sequence"] },
  )
  .map((value) => identitySchema.parse(value));
const parts = (i: Identity): string => JSON.stringify([i.store, i.workstation, i.businessDay, i.sequence, i.discriminator ?? null]);

test("different receipts never share a natural key, and the same receipt always has the same", () => {
  fc.assert(
    fc.property(identity, identity, (a, b) => {
      expect(naturalKey(a) === naturalKey(b)).toBe(parts(a) === parts(b));
      expect(naturalKey({ ...a })).toBe(naturalKey(a));
    }),
    { numRuns: 2_000 },
  );
});

/** Reads a key back: that this can be done at all shows that no two receipts share one. */
function readKey(key: string): (string | undefined)[] {
  const read = (part: string) => part.replace(/%([0-9A-F]+)\./g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
  return key.split("/").map(read);
}

test("a natural key can be read back into its parts", () => {
  fc.assert(
    fc.property(identity, (i) => {
      const [store, workstation, businessDay, sequence, discriminator] = readKey(naturalKey(i));
      expect(parts({ ...i, store, workstation, businessDay, sequence, discriminator } as Identity)).toBe(parts(i));
      expect(naturalKeySchema.safeParse(naturalKey(i)).success).toBe(true);
    }),
  );
  expect(naturalKey(identitySchema.parse({ store: "9", workstation: "31", businessDay: "2017-10-01", sequence: "114" }))).toBe(
    "9/31/2017-10-01/114",
  );
});

test("the longest identity still has a key within its limit", () => {
  const longest = identitySchema.parse({
    store: "\uffff".repeat(100),
    workstation: "\uffff".repeat(100),
    businessDay: "2017-10-01",
    sequence: "9".repeat(40),
    discriminator: "\uffff".repeat(40),
  });
  expect(naturalKey(longest).length).toBe(NATURAL_KEY_LENGTH_MAX);
  expect(naturalKeySchema.safeParse(naturalKey(longest)).success).toBe(true);
  expect(naturalKeySchema.safeParse(`${naturalKey(longest)}x`).success).toBe(false);
});

test("a reference names a receipt when it has all of its parts", () => {
  const full = { store: "9", workstation: "31", businessDay: "2017-10-01", sequence: "114" };
  expect(referencedKey({ ...full, line: 2 } as never)).toBe("9/31/2017-10-01/114");
  expect(referencedKey({ ...full, discriminator: "0912" } as never)).toBe("9/31/2017-10-01/114/0912");
  for (const missing of ["store", "workstation", "businessDay", "sequence"])
    expect(referencedKey({ ...full, [missing]: undefined } as never), missing).toBeUndefined();
});
