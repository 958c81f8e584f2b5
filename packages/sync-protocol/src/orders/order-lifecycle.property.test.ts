import * as fc from "fast-check";
import { expect, test } from "vitest";
import { orderStatuses, type OrderStatus } from "../model/order-status.ts";
import { moveOrder, type OrderMove, type OrderStep } from "./order-lifecycle.ts";

const step = fc.record({ status: fc.constantFrom(...orderStatuses), tellsMore: fc.boolean() });
const steps = fc.array(step, { maxLength: 40 });

interface Told {
  readonly before: OrderStatus | undefined;
  readonly step: OrderStep;
  readonly move: OrderMove;
  readonly after: OrderStatus | undefined;
}

function tell(sequence: readonly OrderStep[], from?: OrderStatus): Told[] {
  let current = from;
  return sequence.map((one) => {
    const before = current;
    const move = moveOrder(current, one);
    if (move.kind === "applied") current = one.status;
    return { before, step: one, move, after: current };
  });
}
const end = (told: readonly Told[]): OrderStatus | undefined => told.at(-1)?.after;
const rank = (status: OrderStatus): number => orderStatuses.indexOf(status);

test("never goes back, whatever is told in whatever order, and never leaves its end", () => {
  fc.assert(
    fc.property(steps, (sequence) => {
      for (const { before, after } of tell(sequence)) {
        if (before === undefined || after === undefined) continue;
        expect(rank(after)).toBeGreaterThanOrEqual(rank(before));
        if (before === "cancelled" || before === "returned") expect(after).toBe(before);
      }
    }),
  );
});

test("is moved by what applies and by nothing else", () => {
  fc.assert(
    fc.property(steps, (sequence) => {
      for (const { before, step: one, move, after } of tell(sequence)) expect(after).toBe(move.kind === "applied" ? one.status : before);
    }),
  );
});

test("does not change by what was taken before: all of it again in any order, or each step twice", () => {
  fc.assert(
    fc.property(steps, fc.infiniteStream(fc.nat()), (sequence, dice) => {
      const plain = sequence.map((one) => ({ ...one, tellsMore: false }));
      const once = tell(plain);
      // What was forbidden may pass later, when its cause has come; it is no repeat.
      const taken = once.filter(({ move }) => move.kind !== "forbidden").map(({ step: one }) => one);
      const again = tell(
        taken
          .map((one) => ({ one, by: dice.next().value }))
          .toSorted((a, b) => a.by - b.by)
          .map(({ one }) => one),
        end(once),
      );
      for (const { move, after } of again) {
        expect(["repeated", "stale"]).toContain(move.kind);
        expect(after).toBe(end(once));
      }
      expect(end(tell(plain.flatMap((one) => [one, one])))).toBe(end(once));
    }),
  );
});

test("stands at its furthest step when all of them are told in any order, and none is a cancellation or a return", () => {
  const forward = fc.array(fc.constantFrom(...orderStatuses.slice(0, -2)), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(forward, (told) => {
      const furthest = told.reduce((best, status) => (rank(status) > rank(best) ? status : best));
      expect(end(tell(told.map((status) => ({ status, tellsMore: false }))))).toBe(furthest);
    }),
  );
});
