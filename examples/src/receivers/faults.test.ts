import { describe, expect, it } from "vitest";
import { faultKinds, planFaults, type FaultKind, type FaultPlan } from "./faults.ts";

const draw = (plan: FaultPlan, times: number): (FaultKind | undefined)[] => Array.from({ length: times }, () => plan.next());

describe("a plan of faults", () => {
  it("is the same for the same seed", () => {
    expect(draw(planFaults("a", 0.3), 200)).toEqual(draw(planFaults("a", 0.3), 200));
    expect(draw(planFaults("a", 0.3), 200)).not.toEqual(draw(planFaults("b", 0.3), 200));
  });

  it("hits about the share asked for, with every kind", () => {
    const plan = planFaults(1, 0.1);
    const hits = draw(plan, 10_000).filter((fault) => fault !== undefined);
    expect(hits.length).toBeGreaterThan(850);
    expect(hits.length).toBeLessThan(1_150);
    for (const kind of faultKinds) expect(plan.counts[kind]).toBe(hits.filter((hit) => hit === kind).length);
    expect(new Set(hits)).toEqual(new Set(faultKinds));
  });

  it("does nothing at 0 and always something at 1", () => {
    expect(draw(planFaults(1, 0), 1_000)).toEqual(Array.from({ length: 1_000 }));
    expect(draw(planFaults(1, 1), 1_000)).not.toContain(undefined);
  });
});
