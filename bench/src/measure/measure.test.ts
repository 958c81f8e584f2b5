import { describe, expect, it } from "vitest";
import { median, quantile } from "./median.ts";
import { medianRatio, orderOf, runRounds } from "./rounds.ts";

describe("median and quantile", () => {
  it("takes the middle, or the mean of the middle two, whatever the order", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(quantile([10, 20, 30, 40, 50], 0.99)).toBeCloseTo(49.6);
    expect(() => median([])).toThrow("at least one");
  });
});

describe("medianRatio", () => {
  it("is the median of the rounds' ratios, not the ratio of the medians", () => {
    // A slow second round hits both alike; the ratio of medians would say 10 / 10.
    expect(medianRatio([10, 1, 12], [20, 2, 10])).toBe(0.5);
  });

  it("refuses figures of different rounds", () => {
    expect(() => medianRatio([1], [1, 2])).toThrow("each round");
  });
});

describe("runRounds", () => {
  it("runs all once a round in a changing order", async () => {
    const order: string[] = [];
    const contestants = ["a", "b", "c"].map((name) => ({
      name,
      run: async (round: number) => {
        order.push(`${name}${round}`);
        return round;
      },
    }));
    const { results } = await runRounds(3, contestants, ["a"]);
    expect(order).toEqual(["a0", "b0", "c0", "a1", "c1", "b1", "c2", "a2", "b2"]);
    expect(results.get("b")).toEqual([0, 1, 2]);
  });

  it("lets one that fails drop out with its reason, unless it is required", async () => {
    const broken = {
      name: "peer",
      run: (round: number) => (round === 1 ? Promise.reject(new Error("gone\nstack")) : Promise.resolve(round)),
    };
    const fine = { name: "ours", run: (round: number) => Promise.resolve(round) };
    const { results, failures } = await runRounds(3, [fine, broken], ["ours"]);
    expect(results.get("ours")).toEqual([0, 1, 2]);
    expect(results.has("peer")).toBe(false);
    expect([...failures]).toEqual([["peer", "gone"]]);
    await expect(runRounds(3, [fine, broken], ["peer"])).rejects.toThrow("gone");
  });
});

describe("orderOf", () => {
  it("gives every contestant every place in turn and never loses one", () => {
    const firsts = [0, 1, 2, 3, 4, 5].map((round) => orderOf(["a", "b", "c"], round)[0]);
    expect(new Set(firsts)).toEqual(new Set(["a", "b", "c"]));
    expect(orderOf(["a", "b", "c"], 7).toSorted()).toEqual(["a", "b", "c"]);
    expect(orderOf([], 3)).toEqual([]);
  });
});
