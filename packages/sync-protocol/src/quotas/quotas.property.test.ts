import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { balanceOf, decideGrant, freeOf, heldBy, refundedOf, unusedOf, type AccountLease } from "./account-counts.ts";
import { mergeLeases, type Lease } from "./lease.ts";
import { newWorld } from "./testing/new-world.ts";
import { settle, untold } from "./testing/settle.ts";
import { step } from "./testing/steps.ts";
import { countsOfCloud, type Weakness, type World } from "./testing/world.ts";

/** Schedules of a usual run; `TILLSYNC_QUOTA_SCHEDULES` for more. */
const SCHEDULES = Number(process.env["TILLSYNC_QUOTA_SCHEDULES"] ?? 100_000);
const STEPS_MAX = 60;
/** A broken mechanism is noticed within these. */
const BROKEN_SCHEDULES = 20_000;

const met = { restored: 0, twice: 0, lost: 0, short: 0, stale: 0, spent: 0, spentWhole: 0 };

/** Runs a schedule and says what went wrong first; undefined: nothing. */
function run(seed: number, steps: number, weakness: Weakness): string | undefined {
  const world = newWorld(weakness);
  const random = bitsFrom(seed);
  for (let at = 1; at <= steps; at += 1) {
    step(world, random);
    if (world.spent > world.credits + world.released.total) return `${wrongIn(world) ?? ""} after step ${at}`;
  }
  settle(world);
  if (weakness === "none") note(world);
  const told = balanceOf(countsOfCloud(world));
  const { lost, missed } = untold(world);
  if (missed > 0) return `the cloud has not heard of ${missed} entries that stand on a disk`;
  if (told !== world.credits - world.spent + lost)
    return `the cloud has ${told} of ${world.credits} less ${world.spent}, ${lost} of it lost`;
  return wrongIn(world);
}

/** mulberry32: a schedule is named by its seed, and the same on every machine. */
function bitsFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return (bits ^ (bits >>> 14)) >>> 0;
  };
}

function wrongIn(world: World): string | undefined {
  // What a person released, against all warning, may be used by the lost till after all; nothing else may go beyond.
  if (world.spent > world.credits + world.released.total) return `overspent: ${world.spent} of ${world.credits}`;
  if (freeOf(countsOfCloud(world)) < -world.released.total) return "the cloud has handed out more than there is";
  return undefined;
}

function note(world: World): void {
  for (const key of ["restored", "twice", "lost", "short", "stale"] as const) met[key] += world.met[key];
  met.spent += world.spent > 0n ? 1 : 0;
  met.spentWhole += world.spent > 0n && world.spent === world.credits ? 1 : 0;
}

const check = (weakness: Weakness, numRuns: number, seed?: number) =>
  fc.check(
    fc.property(fc.integer(), fc.integer({ min: 1, max: STEPS_MAX }), (schedule, steps) => {
      const wrong = run(schedule, steps, weakness);
      if (wrong !== undefined) throw new Error(wrong);
    }),
    { numRuns, unbiased: true, ...(seed === undefined ? {} : { seed }) },
  );

describe("a bounded counter", () => {
  test(
    `is never overspent in ${SCHEDULES} schedules of crashes, lost and repeated messages, restored disks and jumping clocks`,
    { timeout: 600_000 },
    () => {
      const result = check("none", SCHEDULES);
      expect(result.failed, `${String(result.errorInstance)} ${fc.defaultReportMessage(result)}`).toBe(false);
      console.info(`seed ${result.seed}: ${result.numRuns} schedules, met ${JSON.stringify(met)}`);
      // The schedules are about something.
      for (const [what, times] of Object.entries(met)) expect(times, what).toBeGreaterThan(SCHEDULES / 10_000);
    },
  );

  test.each<[Weakness, string]>([
    ["epoch", "a restored disk that keeps the rights of the life before"],
    ["unheard", "a copy that takes grants before the cloud has heard of it"],
    ["added", "a grant that is added instead of taking the larger"],
    ["unreserved", "a reservation that holds nothing"],
    ["clock", "a lease that ends by a clock"],
    ["forgotten", "a grant that the cloud does not count"],
  ])("%s: %s is noticed", (weakness) => {
    const result = check(weakness, BROKEN_SCHEDULES, 1);
    expect(result.failed, `${weakness} went unnoticed`).toBe(true);
    expect(String(result.errorInstance)).toMatch(/overspent|handed out|the cloud has/);
  });
});

const count = fc.bigInt({ min: 0n, max: 1_000n });
const lease = fc.record({ granted: count, used: count, returned: count });
const accountLease = fc.record({ granted: count, used: count, returned: count, released: count });

describe("merging", () => {
  test("is commutative, associative and idempotent", () => {
    fc.assert(
      fc.property(lease, lease, lease, (a: Lease, b: Lease, c: Lease) => {
        expect(mergeLeases(a, b)).toEqual(mergeLeases(b, a));
        expect(mergeLeases(a, mergeLeases(b, c))).toEqual(mergeLeases(mergeLeases(a, b), c));
        expect(mergeLeases(a, mergeLeases(a, b))).toEqual(mergeLeases(a, b));
      }),
    );
  });

  test("a grant moves what is free into the lease, to the unit, and none of what is not free", () => {
    fc.assert(
      fc.property(count, fc.array(accountLease, { minLength: 1, maxLength: 4 }), count, (credits, leases, wanted) => {
        const [first, ...others] = leases as [AccountLease, ...AccountLease[]];
        const counts = { credits, risk: 0n, leases };
        const free = freeOf(counts);
        const decision = decideGrant(counts, first, wanted);
        const after = { ...first, granted: decision.kind === "granted" ? decision.granted : first.granted };
        const freeAfter = freeOf({ ...counts, leases: [after, ...others] });
        expect(free - freeAfter).toBe(heldBy(after) - heldBy(first));
        if (freeAfter < free) expect(freeAfter).toBeGreaterThanOrEqual(0n);
        if (decision.kind === "short") expect(unusedOf({ ...first, granted: wanted }) - unusedOf(first)).toBeGreaterThan(free);
        expect(balanceOf({ ...counts, leases: [after, ...others] })).toBe(balanceOf(counts));
      }),
    );
  });

  test("refunds count the same in whatever order they come, and never past what was redeemed", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ isRefund: fc.boolean(), amount: count })), (moves) => {
        const end = (list: typeof moves): bigint => {
          let [credit, redeemed, refunds] = [0n, 0n, 0n];
          for (const { isRefund, amount } of list) {
            const before = refundedOf(redeemed, refunds);
            if (isRefund) refunds += amount;
            else redeemed += amount;
            const more = refundedOf(redeemed, refunds) - before;
            expect(more).toBeGreaterThanOrEqual(0n);
            credit += more;
          }
          expect(credit).toBeLessThanOrEqual(redeemed);
          return credit;
        };
        expect(end(moves)).toBe(end(moves.toReversed()));
      }),
    );
  });
});
