import { afterEach, it, expect } from "vitest";
import { GATHER_MS } from "./limits.ts";
import { closingTills } from "./testing/till.ts";

const { till, closeAll } = closingTills();
afterEach(closeAll);

it("sends a sale at once after a rest, and those that follow it closely together", async () => {
  const one = till();
  one.start();
  await one.until(one.drained);
  one.ports.monotonic += GATHER_MS;
  const [begun, before] = [one.ports.monotonic, one.cloud.requests];
  one.sell(1);
  await one.until(one.drained);
  expect([one.ports.monotonic - begun, one.cloud.requests - before]).toEqual([0, 1]);
  for (let sale = 0; sale < 10; sale += 1) {
    one.ports.monotonic += GATHER_MS / 25;
    one.sell(1);
  }
  await one.until(one.drained);
  expect([one.ports.monotonic - begun, one.cloud.requests - before]).toEqual([GATHER_MS, 2]);
  expect(one.heads().theirs).toEqual(one.heads().ours);
});
