import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createQueue } from "./queue.ts";

test("property: a queue does what an array does, however long it gets", () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ push: fc.integer({ min: 1, max: 3_000 }) }),
      fc.record({ shift: fc.integer({ min: 1, max: 3_000 }) }),
      fc.constant("unshift"),
    ),
    {
      maxLength: 30,
    },
  );
  fc.assert(
    fc.property(steps, (list) => {
      const [queue, array] = [createQueue<number>(), [] as number[]];
      let next = 0;
      for (const step of list) {
        if (step === "unshift") {
          queue.unshift(--next);
          array.unshift(next);
        } else if (typeof step === "object" && "push" in step) {
          for (let i = 0; i < step.push; i++) {
            queue.push(++next);
            array.push(next);
          }
        } else if (typeof step === "object") for (let i = 0; i < step.shift; i++) expect(queue.shift()).toBe(array.shift());
        expect([queue.size, queue.peek(), queue.last()]).toEqual([array.length, array[0], array.at(-1)]);
      }
    }),
    { numRuns: 60 },
  );
});
