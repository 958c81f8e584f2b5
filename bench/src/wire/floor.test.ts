import { expect, test } from "vitest";
import { floorBytesPerSale } from "./floor.ts";

test("the floor counts every sale once, the same each time, and compression is worth it", () => {
  const { wire, plain } = floorBytesPerSale(700);
  expect(floorBytesPerSale(700)).toEqual({ wire, plain });
  expect(plain).toBeGreaterThan(1_500);
  expect(wire).toBeLessThan(plain / 5);
});
