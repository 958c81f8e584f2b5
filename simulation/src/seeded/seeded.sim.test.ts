import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../../apps/cloud-sync/src/db/database.ts";
import { OPEN_TEST_DATABASE_MAX_MS, openTestDatabase } from "../../../apps/cloud-sync/src/db/testing/open-test-database.ts";
import type { Fault } from "./faults.ts";
import { runSeed } from "./run-seed.ts";
import type { Weakness } from "./weaken.ts";

/** How many worlds, from seed 1 on; the long run that a release is judged by uses thousands. */
const SEEDS = Number(process.env["TILLSYNC_SIMULATED_SEEDS"] ?? 20);

let db: Database;
beforeAll(async () => {
  db = await openTestDatabase();
}, OPEN_TEST_DATABASE_MAX_MS);
afterAll(() => db.close());

describe("every sale counts once, whatever goes wrong", () => {
  test.each(Array.from({ length: SEEDS }, (_, i) => i + 1))("seed %i", async (seed) => {
    expect((await runSeed({ seed }, db)).violations).toEqual([]);
  });
});

describe("seeds that found something", () => {
  test("entries of a type to come are carried over when a copied till's journal goes on in a new epoch", async () => {
    const faults: Fault[] = ["unknown-type", "clone-imaged", "outage", "cloud-restored"];
    const result = await runSeed({ seed: 3, faults }, db);
    expect(result.struck).toMatchObject({ "epoch-begun-fork": expect.any(Number), "unknown-type": expect.any(Number) });
    expect(result.violations).toEqual([]);
  });

  test("a cloud restored from an older backup still tells terminals what it sets aside", async () => {
    const faults: Fault[] = ["not-allowed", "unreadable-entry", "cloud-restored", "clone-imaged"];
    const result = await runSeed({ seed: 4, faults }, db);
    expect(result.struck).toMatchObject({ "cloud-restored": expect.any(Number), "not-allowed": expect.any(Number) });
    expect(result.violations).toEqual([]);
  });

  test("the journal of an older life is acknowledged before the next one's is sent, so that a correction stays the last word", async () => {
    const result = await runSeed({ seed: 95 }, db);
    expect(result.struck).toMatchObject({ "receipt-changed": expect.any(Number), "disk-copy-restored": expect.any(Number) });
    expect(result.violations).toEqual([]);
  });

  test("verdicts are heard when the cloud and a terminal are both restored", async () => {
    const result = await runSeed({ seed: 147 }, db);
    expect(result.struck).toMatchObject({ "cloud-restored": expect.any(Number), "disk-copy-restored": expect.any(Number) });
    expect(result.violations).toEqual([]);
  });
});

test("a seed makes the same world every time, to the byte", async () => {
  const first = await runSeed({ seed: 5, days: 1 }, db);
  const other = await runSeed({ seed: 6, days: 1 }, db);
  const again = await runSeed({ seed: 5, days: 1 }, db);
  expect(again).toEqual(first);
  expect(other.digest).not.toBe(first.digest);
});

/** A promise taken away, faults that need it, and what a checker must say. */
const CONTROLS: [Weakness, Fault[], RegExp][] = [
  ["acknowledge-before-storing", ["cloud-crash-at-commit"], /^acknowledged .* stored to/],
  ["cursor-before-effect", ["cloud-crash-at-commit"], /revisions {2}instead of|entries became/],
  ["dedupe-off", ["clone-imaged", "disk-image-restored"], /no POS wrote it/],
  ["fork-ignored", ["clone-imaged"], /the cloud's at|nobody was told/],
  ["verdicts-lost", ["not-allowed"], /was not told that/],
  ["position-before-entry", ["crash-at-commit"], /captured .* instead of/],
];

describe("negative controls: a checker finds it when", () => {
  test.each(CONTROLS)("%s", async (weakness, faults, says) => {
    const weak = await findRed(weakness, faults);
    expect(weak.some((violation) => says.test(violation))).toBe(true);
  });
});

/** Chance decides whether a world runs into its weakness; a few worlds are enough. */
async function findRed(weakness: Weakness, faults: Fault[]): Promise<readonly string[]> {
  for (let seed = 1; seed <= 6; seed += 1) {
    const { violations } = await runSeed({ seed, faults, weakness, days: 1 }, db);
    if (violations.length > 0) return violations;
  }
  return [];
}
