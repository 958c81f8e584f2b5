import { describe, expect, it } from "vitest";
import { createCloudClock, isClockWrong } from "./cloud-clock.ts";
import { FakePorts } from "./testing/fake-ports.ts";

const YEAR_MS = 365 * 86_400_000;

/** An answer whose server read its clock after `share` of the `tookMs` that it took. */
function hear(clock: ReturnType<typeof createCloudClock>, ports: FakePorts, tookMs: number, share = 0.5): void {
  const serverMs = ports.trueMs() + tookMs * share;
  ports.monotonic += tookMs;
  clock.learn(Math.round(serverMs), tookMs);
}

describe("the cloud's clock", () => {
  it("is this machine's own until it was heard", () => {
    const ports = new FakePorts();
    const clock = createCloudClock(ports);
    expect(clock.nowMs()).toBe(ports.wallMs());
    expect(clock.offsetMs()).toBeNull();
  });

  it.each([YEAR_MS, -YEAR_MS, 90_000, 0])("is found with an error of %i ms", (error) => {
    const ports = new FakePorts();
    ports.wallErrorMs = error;
    const clock = createCloudClock(ports);
    hear(clock, ports, 200);
    expect(Math.abs(clock.nowMs() - ports.trueMs())).toBeLessThanOrEqual(1);
    expect(Math.abs((clock.offsetMs() ?? Number.NaN) - error)).toBeLessThanOrEqual(1);
  });

  it("prefers quick answers to slow and lopsided ones", () => {
    const ports = new FakePorts();
    const clock = createCloudClock(ports);
    hear(clock, ports, 20);
    for (let i = 0; i < 6; i += 1) hear(clock, ports, 3_000, 1);
    expect(Math.abs(clock.nowMs() - ports.trueMs())).toBeLessThanOrEqual(10);
  });

  it("forgets old samples", () => {
    const ports = new FakePorts();
    const clock = createCloudClock(ports);
    hear(clock, ports, 10);
    // A drift that no single answer shows.
    for (let i = 0; i < 40; i += 1) {
      ports.monotonic += 60_000;
      clock.learn(ports.trueMs() - 5 + i * 50, 10);
    }
    expect(clock.nowMs() - ports.trueMs()).toBeGreaterThan(1_500);
  });

  it("is not moved by setting this machine's clock; only what is reported is", () => {
    const ports = new FakePorts();
    const clock = createCloudClock(ports);
    hear(clock, ports, 100);
    ports.wallErrorMs = -YEAR_MS;
    expect(Math.abs(clock.nowMs() - ports.trueMs())).toBeLessThanOrEqual(1);
    expect(Math.abs((clock.offsetMs() ?? 0) + YEAR_MS)).toBeLessThanOrEqual(1);
  });

  it("starts over when the machine has slept: one sample is enough", () => {
    const ports = new FakePorts();
    const clock = createCloudClock(ports);
    for (let i = 0; i < 9; i += 1) hear(clock, ports, 50);
    const slept = 8 * 3_600_000;
    clock.learn(ports.trueMs() + slept, 50);
    expect(Math.abs(clock.nowMs() - (ports.trueMs() + slept))).toBeLessThanOrEqual(50);
  });
});

describe("isClockWrong", () => {
  it("begins one past a minute, either way", () => {
    expect([null, 0, 60_000, -60_000].map(isClockWrong)).toEqual([false, false, false, false]);
    expect([60_001, -60_001].map(isClockWrong)).toEqual([true, true]);
  });
});
