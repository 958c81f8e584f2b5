import { expect, it } from "vitest";
import { noticeSleep, SLEPT_MS_MIN, type Moment } from "./notice-sleep.ts";

const before: Moment = { monotonicMs: 1_000, bootMs: 50_000, wallMs: 1_780_000_000_000 };
const after = (monotonicMs: number, bootMs = monotonicMs, wallMs = bootMs): Moment => ({
  monotonicMs: before.monotonicMs + monotonicMs,
  bootMs: before.bootMs + bootMs,
  wallMs: before.wallMs + wallMs,
});

it.each([
  ["nothing, on time", after(1_000), undefined],
  ["nothing, while the machine is busy", after(1_000 + SLEPT_MS_MIN - 1), undefined],
  ["a process that was stopped", after(1_000 + SLEPT_MS_MIN), { kind: "slept", ms: 6_000 }],
  ["a night, where the steady clock sleeps too", after(1_020, 28_800_000), { kind: "slept", ms: 28_800_000 }],
  ["a night, where it does not", after(28_800_000), { kind: "slept", ms: 28_800_000 }],
  ["a clock that was corrected a little", after(1_000, 1_000, 1_000 + SLEPT_MS_MIN - 1), undefined],
  ["a clock that was set ahead", after(1_000, 1_000, 3_600_000), { kind: "clock-set" }],
  ["a clock that was set back a year", after(1_000, 1_000, -31_536_000_000), { kind: "clock-set" }],
])("tells %s", (_, then, found) => expect(noticeSleep(before, then, 1_000)).toEqual(found));
