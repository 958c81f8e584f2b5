import { expect, it } from "vitest";
import { namePattern } from "./name-pattern.ts";

it.each([
  ["*", "a.xml", true],
  ["*", ".a.xml", false],
  ["*.xml", "a.xml", true],
  ["*.xml", "a.xml.tmp", false],
  ["*.xml", "axml", false],
  ["day-??.csv", "day-01.csv", true],
  ["day-??.csv", "day-1.csv", false],
  ["a+(b)[c].log", "a+(b)[c].log", true],
  ["*************************x", "a".repeat(5_000), false],
])("%s takes %s: %s", (pattern, name, taken) => {
  expect(namePattern(pattern)(name)).toBe(taken);
});
