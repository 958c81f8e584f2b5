import { expect, test } from "vitest";
import { readArguments } from "./arguments.ts";

const NAMES = ["capture", "drain", "wire"];

test("without arguments all benchmarks run, as text", () => {
  expect(readArguments([], NAMES)).toEqual({ help: false, json: false, quick: false, only: NAMES, rounds: undefined });
});

test("--only takes a list and may be repeated; the order is the list's own", () => {
  expect(readArguments(["--only", "wire,capture", "--json", "--quick", "--rounds", "3"], NAMES)).toMatchObject({
    json: true,
    quick: true,
    only: ["capture", "wire"],
    rounds: 3,
  });
  expect(readArguments(["--only", "wire", "--only", "drain"], NAMES).only).toEqual(["drain", "wire"]);
});

test.each([[["--only", "drian"]], [["--rounds", "0"]], [["--rounds", "51"]], [["--rounds", "x"]], [["--fast"]], [["drain"]]])(
  "refuses %s",
  (argv) => {
    expect(() => readArguments(argv, NAMES)).toThrow();
  },
);
