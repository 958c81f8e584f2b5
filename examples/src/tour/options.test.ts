import { describe, expect, it } from "vitest";
import { readOptions } from "./options.ts";

describe("the tour's options", () => {
  it("have defaults", () => {
    expect(readOptions([])).toEqual({ kind: "run", options: { exit: false, sales: 120, speed: 1, faults: 0.05, seed: "tour", port: 0 } });
    expect(readOptions(["--exit", "--sales", "5", "--speed", "0.5", "--data", "d"])).toMatchObject({
      kind: "run",
      options: { exit: true, sales: 5, speed: 0.5, data: "d" },
    });
    expect(readOptions(["--help"])).toEqual({ kind: "help" });
  });

  it.each([
    ["--sales", "0"],
    ["--sales", "100001"],
    ["--sales", "many"],
    ["--speed", "0"],
    ["--faults", "1"],
    ["--port", "65536"],
    ["--bogus"],
    ["stray"],
  ])("refuse %s %s", (...args) => {
    expect(readOptions(args)).toMatchObject({ kind: "wrong", message: expect.any(String) as string });
  });
});
