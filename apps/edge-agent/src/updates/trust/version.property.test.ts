import * as fc from "fast-check";
import { expect, it } from "vitest";
import { compareVersions, versionSchema } from "./version.ts";

const part = fc.oneof(fc.integer({ min: 0, max: 30 }).map(String), fc.stringMatching(/^[a-z][a-z0-9-]{0,4}$/));
const version = fc
  .tuple(fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 3, maxLength: 3 }), fc.array(part, { maxLength: 3 }))
  .map(([numbers, pre]) => numbers.join(".") + (pre.length === 0 ? "" : `-${pre.join(".")}`));

it("orders versions totally, and the same only for the same text", () => {
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(versionSchema.safeParse(a).success).toBe(true);
      expect(compareVersions(a, b)).toBe(-compareVersions(b, a) + 0);
      expect(compareVersions(a, b) === 0).toBe(a === b);
      if (compareVersions(a, b) < 0 && compareVersions(b, c) < 0) expect(compareVersions(a, c)).toBe(-1);
    }),
  );
});

it("orders as semantic versioning does", () => {
  const inOrder = [
    "0.9.9",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.0.10",
    "1.2.0",
    "10.0.0",
  ];
  expect(inOrder.toReversed().toSorted(compareVersions)).toEqual(inOrder);
});
