import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createLeaseShare, fairShare, type Place } from "./lease-share.ts";

test("nothing before the first word, then up to the share and no further", () => {
  const share = createLeaseShare();
  expect(share.enter()).toBeUndefined();
  share.allow(2);
  const [first, second] = [share.enter(), share.enter()];
  expect(share.enter()).toBeUndefined();
  first?.leave();
  first?.leave();
  expect(share.held).toBe(1);
  expect(share.enter()).toBeDefined();
  expect(second?.giveBack.aborted).toBe(false);
});

test("one at a time is asked back, the latest first, and the next only when that one has left", () => {
  const share = createLeaseShare();
  share.allow(4);
  const places = Array.from({ length: 4 }, () => share.enter()).flatMap((place) => place ?? []);
  const asked = (): boolean[] => places.map(({ giveBack }) => giveBack.aborted);
  share.allow(2);
  share.allow(2);
  expect(asked()).toEqual([false, false, false, true]);
  places[3]?.leave();
  share.allow(2);
  expect(asked()).toEqual([false, false, true, true]);
  places[2]?.leave();
  share.allow(2);
  expect(asked()).toEqual([false, false, true, true]);
});

test("property: processes that come and go settle at their shares, all leases are held, and then nothing moves", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
      (total, counts) => {
        const processes = Array.from({ length: 5 }, () => ({ share: createLeaseShare(), places: [] as Place[] }));
        for (const alive of counts) {
          let moved = 0;
          for (let beat = 0; beat < 100; beat++) {
            moved = 0;
            for (const [i, { share, places }] of processes.entries()) {
              share.allow(i < alive ? fairShare(total, alive) : 0);
              for (const place of places.filter(({ giveBack }) => giveBack.aborted)) {
                place.leave();
                places.splice(places.indexOf(place), 1);
                moved += 1;
              }
              const free = (): number => total - processes.reduce((sum, one) => sum + one.places.length, 0);
              for (
                let place = free() > 0 ? share.enter() : undefined;
                place !== undefined;
                place = free() > 0 ? share.enter() : undefined
              ) {
                places.push(place);
                moved += 1;
              }
            }
          }
          expect(moved).toBe(0);
          expect(processes.reduce((sum, { places }) => sum + places.length, 0)).toBe(total);
          for (const { places } of processes.slice(0, alive)) expect(places.length).toBeLessThanOrEqual(fairShare(total, alive));
        }
      },
    ),
    { numRuns: 50 },
  );
});
