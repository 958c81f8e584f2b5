import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { SendResult } from "../connector.ts";
import { makeItem } from "../testing/make-item.ts";
import { sendInWaves } from "./send-in-waves.ts";

const delivered: SendResult = { kind: "delivered" };
const items = (keys: readonly number[]) => keys.map((key, i) => makeItem({ identity: `tx_${i}`, orderingKey: `k${key}`, tpos: i }));
const bodyOf = (): Buffer => Buffer.alloc(10);

/** What a receiver took, and for which keys it took something after a failure of an earlier item. */
async function run(keys: readonly number[], fails: ReadonlySet<number>, send = sendInWaves) {
  const taken: string[] = [];
  const failed = new Set<string>();
  const past: string[] = [];
  const results = await send(items(keys), bodyOf, async (wave) =>
    wave.map(({ item }): SendResult => {
      if (fails.has(item.tpos)) {
        failed.add(item.orderingKey);
        return { kind: item.tpos % 2 === 0 ? "rejected" : "theirs", detail: "no" };
      }
      if (failed.has(item.orderingKey)) past.push(item.identity);
      taken.push(item.identity);
      return delivered;
    }),
  );
  return { results, taken, past };
}

test("whatever fails: each item has a result, those taken are told as delivered, and none goes past an earlier one of its key", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(5), { maxLength: 40 }), fc.array(fc.nat(39)), async (keys, failing) => {
      const { results, taken, past } = await run(keys, new Set(failing));
      expect(results).toHaveLength(keys.length);
      expect(past).toEqual([]);
      const told = items(keys).flatMap((item, i) => (results[i]?.kind === "delivered" ? [item.identity] : []));
      expect(taken.toSorted()).toEqual(told.toSorted());
      keys.forEach((key, i) => {
        const earlierFailed = results.slice(0, i).some((result, j) => keys[j] === key && result.kind !== "delivered");
        if (earlierFailed) expect(results[i]?.kind).not.toBe("delivered");
      });
    }),
  );
});

test("negative control: sent all at once, items do go past an earlier one of their key", async () => {
  const atOnce: typeof sendInWaves = (all, body, wave) => wave(all.map((item) => ({ item, body: body(item) })));
  expect((await run([1, 1, 2], new Set([0]), atOnce)).past).toEqual(["tx_1"]);
  expect((await run([1, 1, 2], new Set([0]))).past).toEqual([]);
});

test("different keys go in one wave; a wave in which nothing was taken or refused is the last", async () => {
  const waves: string[][] = [];
  const record = (results: SendResult) => (wave: readonly { item: { identity: string } }[]) => {
    waves.push(wave.map(({ item }) => item.identity));
    return Promise.resolve(wave.map(() => results));
  };
  await sendInWaves(items([1, 2, 1, 3, 1]), bodyOf, record(delivered));
  expect(waves).toEqual([["tx_0", "tx_1", "tx_3"], ["tx_2"], ["tx_4"]]);
  waves.length = 0;
  const setUp: SendResult = { kind: "set-up", detail: "no such topic" };
  expect(await sendInWaves(items([1, 2, 1]), bodyOf, record(setUp))).toEqual([setUp, setUp, setUp]);
  const results = await sendInWaves(items([1, 2, 1]), bodyOf, record({ kind: "theirs", detail: "down" }));
  expect(results.map(({ kind }) => kind)).toEqual(["theirs", "theirs", "theirs"]);
  expect(waves).toHaveLength(2);
});

test("a wave holds about 8 MiB, and what waits for that keeps its key's order", async () => {
  const sizes: number[] = [];
  const order: number[] = [];
  const results = await sendInWaves(
    items(Array.from({ length: 30 }, (_, i) => i % 20)),
    () => Buffer.alloc(1024 * 1024),
    (wave) => {
      sizes.push(wave.reduce((sum, { body }) => sum + body.length, 0));
      order.push(...wave.map(({ item }) => item.tpos));
      return Promise.resolve(wave.map(() => delivered));
    },
  );
  expect(Math.max(...sizes)).toBe(8 * 1024 * 1024);
  expect(results.every(({ kind }) => kind === "delivered")).toBe(true);
  for (let key = 0; key < 10; key++) expect(order.indexOf(key)).toBeLessThan(order.indexOf(key + 20));
});
