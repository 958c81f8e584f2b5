import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { sendTimeLeft, withSendTime } from "../send-time.ts";
import { openBundles, type Bundles } from "./bundles.ts";
import { Ended, type Ending } from "./ended.ts";

interface Call {
  readonly parts: readonly unknown[];
  readonly leftMs: number;
  answer(): void;
  end(kind: "rejected" | "uncertain" | "theirs"): void;
}

/** Calls as they go out, each answered by the test: a part's result is itself. */
function openWorld(over: { calls?: number; parts?: number; nowMs?: () => number } = {}) {
  const calls: Call[] = [];
  const callAll = (parts: readonly unknown[]): Promise<readonly unknown[]> =>
    new Promise((resolve, reject) => {
      calls.push({
        parts,
        leftMs: sendTimeLeft(),
        answer: () => resolve(parts),
        end: (kind) => reject(new Ended({ kind, detail: "said so" })),
      });
    });
  const bundles = openBundles({ calls: 1, parts: 10, nowMs: () => 0, ...over });
  const join = (name: string, part: unknown): Promise<unknown> => joinIn(bundles, name, part, callAll);
  /** The next call that is out and not seen yet. */
  const next = async (): Promise<Call> => {
    for (let turns = 0; turns < 10 && calls.length === 0; turns++) await turn();
    const call = calls.shift();
    if (call === undefined) throw new Error("no call went out");
    return call;
  };
  const quiet = async (): Promise<number> => {
    for (let turns = 0; turns < 5; turns++) await turn();
    return calls.length;
  };
  return { join, next, quiet };
}

const joinIn = (bundles: Bundles, name: string, part: unknown, callAll: (parts: readonly unknown[]) => Promise<readonly unknown[]>) =>
  bundles.join(name, part, callAll).catch((error: unknown): Ending => {
    if (error instanceof Ended) return error.ending;
    throw error;
  });

describe("what goes out together", () => {
  test("parts of one name that wait at once are one call, and each gets its own result", async () => {
    const { join, next, quiet } = openWorld();
    const results = Promise.all(["a", "b", "c"].map((part) => join("post", part)));
    const call = await next();
    expect(call.parts).toEqual(["a", "b", "c"]);
    call.answer();
    expect(await results).toEqual(["a", "b", "c"]);
    expect(await quiet()).toBe(0);
  });

  test("no more parts than the limit, and the rest behind them", async () => {
    const { join, next } = openWorld({ parts: 2 });
    const results = Promise.all([1, 2, 3].map((part) => join("post", part)));
    const first = await next();
    expect(first.parts).toEqual([1, 2]);
    first.answer();
    const second = await next();
    expect(second.parts).toEqual([3]);
    second.answer();
    expect(await results).toEqual([1, 2, 3]);
  });

  test("different names go side by side, as many as may; one name never beside itself", async () => {
    const { join, next, quiet } = openWorld({ calls: 2, parts: 1 });
    const results = Promise.all([join("post", 1), join("post", 2), join("find", 3), join("make", 4)]);
    const [first, second] = [await next(), await next()];
    expect([first.parts, second.parts]).toEqual([[1], [3]]);
    expect(await quiet()).toBe(0);
    first.answer();
    const third = await next();
    expect(third.parts).toEqual([2]);
    second.answer();
    const fourth = await next();
    third.answer();
    fourth.answer();
    expect(await results).toEqual([1, 2, 3, 4]);
  });

  test("the fullest call goes first, and one that waited too long before it", async () => {
    let nowMs = 0;
    const { join, next } = openWorld({ nowMs: () => nowMs });
    const results = [join("first", 0)];
    const first = await next();
    results.push(join("lone", 1), ...[2, 3].map((part) => join("many", part)));
    first.answer();
    const many = await next();
    expect(many.parts).toEqual([2, 3]);
    nowMs = 5_001;
    results.push(...[4, 5].map((part) => join("many", part)));
    many.answer();
    const lone = await next();
    expect(lone.parts).toEqual([1]);
    lone.answer();
    (await next()).answer();
    expect(await Promise.all(results)).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe("when a call fails", () => {
  test("refused, each part goes out alone: one item's fault is its own", async () => {
    const { join, next } = openWorld();
    const results = Promise.all([1, 2, 3].map((part) => join("post", part)));
    (await next()).end("rejected");
    for (const part of [1, 2, 3]) {
      const alone = await next();
      expect(alone.parts).toEqual([part]);
      if (part === 2) alone.end("rejected");
      else alone.answer();
    }
    expect(await results).toEqual([1, { kind: "rejected", detail: "said so" }, 3]);
  });

  test("a refusal that was of the moment is none", async () => {
    const { join, next } = openWorld();
    const result = join("post", 1);
    (await next()).end("rejected");
    (await next()).answer();
    expect(await result).toBe(1);
  });

  test.each(["uncertain", "theirs"] as const)("%s is said to all, and nothing is sent again", async (kind) => {
    const { join, next, quiet } = openWorld();
    const results = Promise.all([1, 2].map((part) => join("post", part)));
    (await next()).end(kind);
    expect(await results).toEqual([1, 2].map(() => ({ kind, detail: "said so" })));
    expect(await quiet()).toBe(0);
  });

  test("without an answer the next calls are half as full, down to one part, and fuller again with each answer", async () => {
    const { join, next } = openWorld({ parts: 4 });
    const sizes: number[] = [];
    const results = Array.from({ length: 20 }, (_, part) => join("post", part));
    for (const fate of ["uncertain", "uncertain", "uncertain", "fine", "fine", "fine", "fine", "fine"]) {
      const call = await next();
      sizes.push(call.parts.length);
      if (fate === "fine") call.answer();
      else call.end("uncertain");
    }
    expect(sizes).toEqual([4, 2, 1, 1, 2, 3, 4, 3]);
    expect(await Promise.all(results)).toHaveLength(20);
  });
});

describe("an item's time", () => {
  test("the call ends with the least of its parts' times", async () => {
    const { join, next } = openWorld();
    const results = [9_000, 4_000].map((leftMs) =>
      withSendTime(
        () => leftMs,
        () => join("post", leftMs),
      ),
    );
    const call = await next();
    expect([call.parts, call.leftMs]).toEqual([[9_000, 4_000], 4_000]);
    call.answer();
    expect(await Promise.all(results)).toEqual([9_000, 4_000]);
  });

  test("a part whose time is over is not sent, and the others are", async () => {
    const { join, next, quiet } = openWorld();
    const late = withSendTime(
      () => 249,
      () => join("post", "late"),
    );
    const alone = withSendTime(
      () => 0,
      () => join("find", "alone"),
    );
    const result = join("post", "in time");
    const call = await next();
    expect(call.parts).toEqual(["in time"]);
    call.answer();
    expect(await result).toBe("in time");
    expect([await late, await alone]).toEqual([1, 2].map(() => ({ kind: "theirs", detail: "its time was over before the call" })));
    expect(await quiet()).toBe(0);
  });

  test("nor is it sent again alone once its time is over", async () => {
    let leftMs = 1_000;
    const { join, next, quiet } = openWorld();
    const result = withSendTime(
      () => leftMs,
      () => join("post", 1),
    );
    const call = await next();
    leftMs = 0;
    call.end("rejected");
    expect(await result).toMatchObject({ kind: "theirs" });
    expect(await quiet()).toBe(0);
  });
});
