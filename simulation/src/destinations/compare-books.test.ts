import { expect, test } from "vitest";
import { compareBooks } from "./compare-books.ts";

test("each document once, with its total, and nothing else", () => {
  const expected = ["a", "b", "c", "d"].map((reference) => ({ reference, total: "100" }));
  const standing = [
    { reference: "a", total: "100" },
    { reference: "b", total: "99" },
    { reference: "c", total: "100" },
    { reference: "c", total: "100" },
    { reference: "x", total: "5" },
  ];
  expect(compareBooks(expected, standing).map(({ reference, kind }) => [reference, kind])).toEqual([
    ["b", "total"],
    ["c", "doubled"],
    ["d", "missing"],
    ["x", "unexpected"],
  ]);
  expect(compareBooks(expected.slice(0, 1), standing.slice(0, 1))).toEqual([]);
});
