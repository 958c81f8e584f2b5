import { expect, test } from "vitest";
import { REQUEST_MIN_MS, requestTimeoutMs, sendTimeLeft, withinSendTime, withSendTime } from "./send-time.ts";
import { testPorts } from "./testing/context.ts";

test("a send's requests get what is left of its time, and none begins that could only be cut off", async () => {
  const waits: number[] = [];
  let left = 5_000;
  const ports = withinSendTime(
    testPorts({
      permit: (maxWaitMs) => {
        waits.push(maxWaitMs);
        return Promise.resolve(true);
      },
    }),
  );
  const ask = () =>
    withSendTime(
      () => left,
      async () => [requestTimeoutMs(15_000), await ports.permit(10_000)],
    );
  expect(await ask()).toEqual([5_000, true]);
  expect(waits).toEqual([5_000 - REQUEST_MIN_MS]);
  left = REQUEST_MIN_MS;
  expect(await ask()).toEqual([REQUEST_MIN_MS, true]);
  left = REQUEST_MIN_MS - 1;
  expect(await ask()).toEqual([REQUEST_MIN_MS - 1, false]);
  left = -7;
  expect(await ask()).toEqual([1, false]);
});

test("a permit that came too late is none; several sends at once know their own time; outside of one there is no limit", async () => {
  let left = 1_000;
  const ports = withinSendTime(
    testPorts({
      permit: () => {
        left = 10;
        return Promise.resolve(true);
      },
    }),
  );
  expect(
    await withSendTime(
      () => left,
      () => ports.permit(10_000),
    ),
  ).toBe(false);
  const seen = await Promise.all(
    [1, 2, 3].map((ms) =>
      withSendTime(
        () => ms,
        async () => Promise.resolve().then(sendTimeLeft),
      ),
    ),
  );
  expect(seen).toEqual([1, 2, 3]);
  expect([sendTimeLeft(), requestTimeoutMs(15_000)]).toEqual([Number.POSITIVE_INFINITY, 15_000]);
});
