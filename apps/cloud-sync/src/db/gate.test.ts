import { expect, test } from "vitest";
import { createGate } from "./gate.ts";

test("so many run, so many wait in order, and one more is refused", async () => {
  const gate = createGate(2, 2);
  const begun: number[] = [];
  const ends = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const run = (n: number) => gate.run(() => (begun.push(n), ends[n]?.promise ?? Promise.resolve()));
  const runs = [0, 1, 2, 3].map(run);
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);
  await expect(run(4)).rejects.toMatchObject({ code: "wire.busy" });
  ends[1]?.resolve();
  await runs[1];
  expect(begun).toEqual([0, 1, 2]);
  // One that fails leaves its place as well.
  ends[0]?.reject(new Error("failed"));
  await expect(runs[0]).rejects.toThrow("failed");
  expect(begun).toEqual([0, 1, 2, 3]);
  for (const end of ends) end.resolve();
  await Promise.all(runs.slice(2));
  await expect(gate.run(() => Promise.resolve(7))).resolves.toBe(7);
});
