import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createWindow, type WindowItem } from "./window.ts";

interface Run {
  readonly delivered: WindowItem[];
  readonly held: WindowItem[];
  readonly failed: WindowItem[];
  readonly end: number;
  readonly problems: string[];
}

/** Sends `keys.length` items by batches of every size, several at once, each ending as the dice say. */
function run(keys: readonly string[], dice: Iterator<number, undefined>, keyOrder: boolean): Run {
  const roll = (): number => dice.next().value ?? 0;
  const window = createWindow<WindowItem>(0, { keyOrder });
  const items = keys.map((orderingKey, i) => ({ tpos: i + 1, orderingKey, bytes: 1 }));
  const settled = new Set<number>();
  const result: Run = { delivered: [], held: [], failed: [], end: items.length, problems: [] };
  const out: WindowItem[][] = [];
  let added = 0;
  const check = (): void => {
    const held = window.held();
    for (const item of held) settled.add(item.tpos);
    const firstOpen = items.find((item) => item.tpos <= added && !settled.has(item.tpos));
    const right = firstOpen === undefined ? added : firstOpen.tpos - 1;
    if (window.cursor() !== right) result.problems.push(`cursor ${window.cursor()} instead of ${right}`);
    result.held.push(...held);
    window.recorded([...held]);
  };
  const end = (batch: readonly WindowItem[]): void => {
    const over = new Set<string>();
    for (const item of batch) {
      const key = keyOrder ? item.orderingKey : String(item.tpos);
      if (over.has(key)) continue;
      const die = roll() % 10;
      if (die === 0) {
        window.failed(item);
        result.failed.push(item);
      } else if (die === 1) window.putBack(item);
      else {
        window.arrived(item);
        result.delivered.push(item);
      }
      if (die < 2) over.add(key);
      if (die !== 1) settled.add(item.tpos);
    }
  };
  for (let steps = 0; (settled.size < items.length || added < items.length) && steps < 10_000; steps++) {
    const die = roll() % 4;
    if (die === 0 && added < items.length) {
      const next = items[added];
      if (next !== undefined) window.add(next);
      added += 1;
      window.readTo(added);
    } else if (die === 1 && out.length > 0) end(out.splice(roll() % out.length, 1)[0] ?? []);
    else {
      const batch = roll() % 3 === 0 ? [window.take() ?? []].flat() : window.takeBatch(1 + (roll() % 5));
      if (batch.some((item, i) => item.tpos <= (batch[i - 1]?.tpos ?? 0))) result.problems.push("a batch out of order");
      if (batch.some((item) => out.flat().some((other) => other.orderingKey === item.orderingKey)))
        result.problems.push("a key is out twice");
      if (batch.length > 0) out.push(batch);
    }
    check();
  }
  while (out.length > 0) end(out.shift() ?? []);
  check();
  return result;
}

const keys = fc.array(fc.constantFrom("a", "b", "c", "d", "e", "f"), { minLength: 1, maxLength: 40 });
const dice = fc.infiniteStream(fc.nat(1_000));
const ordered = (items: readonly WindowItem[]): boolean =>
  [...Map.groupBy(items, (item) => item.orderingKey).values()].every((of) => of.every((item, i) => item.tpos > (of[i - 1]?.tpos ?? 0)));

test("property: single or in batches, each item is settled once, each key in order, and the cursor never runs ahead", () => {
  fc.assert(
    fc.property(keys, dice, (of, rolls) => {
      const { delivered, held, failed, end, problems } = run(of, rolls, true);
      expect(problems).toEqual([]);
      expect([...delivered, ...held, ...failed].map((item) => item.tpos).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: end }, (_, i) => i + 1),
      );
      expect(ordered(delivered)).toBe(true);
      for (const item of delivered)
        expect(failed.some((before) => before.orderingKey === item.orderingKey && before.tpos < item.tpos)).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test("negative control: without key order the checks notice", () => {
  expect(() =>
    fc.assert(
      fc.property(keys, dice, (of, rolls) => {
        expect(run(of, rolls, false).problems).toEqual([]);
      }),
      { numRuns: 300, seed: 1 },
    ),
  ).toThrow();
});

test("what follows a first item of a key fills a batch that would be small", () => {
  const window = createWindow<WindowItem>(0);
  for (const [i, orderingKey] of ["a", "b", "a", "a"].entries()) window.add({ tpos: i + 1, orderingKey, bytes: 1 });
  expect(window.takeBatch(3).map((item) => item.tpos)).toEqual([1, 2, 3]);
  expect(window.takeBatch(3)).toEqual([]);
});

test("thousands of items cost no more each than a few do", () => {
  const spend = (count: number): number => {
    const window = createWindow<WindowItem>(0);
    for (let i = 1; i <= count; i++) window.add({ tpos: i, orderingKey: `k${i}`, bytes: 1 });
    const startedMs = performance.now();
    for (let item = window.take(); item !== undefined; item = window.take()) {
      window.arrived(item);
      window.cursor();
    }
    return (performance.now() - startedMs) / count;
  };
  spend(2_000);
  const few = spend(2_000);
  // A scan of what is under way would make it twenty-five times as much.
  expect(spend(50_000)).toBeLessThan(Math.max(few * 12, 0.01));
});
