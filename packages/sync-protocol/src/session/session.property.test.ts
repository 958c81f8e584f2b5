import fc from "fast-check";
import { expect, test } from "vitest";
import type { ErrorCode } from "../errors/codes.ts";
import { SessionWorld, type Fault } from "./testing/session-world.ts";

/** Often enough that backlogs build up and rare faults meet them. */
const often = (kind: "write" | "deliver" | "fire", weight: number) => ({
  weight,
  arbitrary: fc.record({ kind: fc.constant(kind), pick: fc.nat(1_000) }),
});
const fault = (kind: Exclude<Fault["kind"], "refuse" | "crashAfter">, weight = 2) => ({
  weight,
  arbitrary: fc.record({ kind: fc.constant(kind), pick: fc.nat(1_000) }) as fc.Arbitrary<Fault>,
});
const codes: ErrorCode[] = [
  "wire.busy",
  "wire.unreachable",
  "wire.too-large",
  "auth.clock",
  "auth.revoked",
  "ingest.chain-broken",
  "wire.malformed",
];

const faults: fc.Arbitrary<Fault[]> = fc.array(
  fc.oneof(
    often("write", 12) as { weight: number; arbitrary: fc.Arbitrary<Fault> },
    often("deliver", 24) as { weight: number; arbitrary: fc.Arbitrary<Fault> },
    often("fire", 6) as { weight: number; arbitrary: fc.Arbitrary<Fault> },
    fault("duplicate"),
    fault("lose", 3),
    fault("expire"),
    fault("crash", 1),
    fault("prune", 1),
    fault("beginEpoch", 1),
    fault("keepUpstream"),
    fault("restoreUpstream", 1),
    fault("keepDisk"),
    fault("restoreDisk", 1),
    fault("clone", 1),
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("refuse" as const), pick: fc.nat(1_000), code: fc.constantFrom(...codes) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("crashAfter" as const), pick: fc.nat(1_000), effects: fc.nat(6) }) },
  ),
  { maxLength: 80, size: "max" },
);
const limits = fc.record({
  batchEntriesMax: fc.integer({ min: 1, max: 4 }),
  batchBytesMax: fc.constant(1_000_000),
  inFlightMax: fc.integer({ min: 1, max: 4 }),
});

const survives = (breakIt: (world: SessionWorld) => void) =>
  fc.property(limits, faults, (bounds, actions) => {
    const world = new SessionWorld(bounds);
    breakIt(world);
    for (const action of actions) world.do(action);
    world.drain();
    world.check();
  });

test("whatever the network, the disks and the upstream do, all entries arrive and no chain is mixed", () => {
  fc.assert(
    survives(() => undefined),
    { numRuns: Number(process.env["SESSION_RUNS"] ?? 3_000) },
  );
});
