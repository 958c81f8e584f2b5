import { expect, test } from "vitest";
import { failedRow, formatFigure, formatRow, type Row } from "./row.ts";

const row: Row = {
  name: "drain",
  ours: 24_512.4,
  unit: "sales/s",
  floor: 40_000,
  ratio: 0.6128,
  peers: { rxdb: 11_145, pouchdb: null },
  target: "ratio >= 0.6",
  met: true,
  rounds: 5,
  extra: { "ours.edgePeakRssMb": 98.44 },
  notes: ["pouchdb could not be run: no network"],
};

test("a row as text names the rounds, the target and whether it was met, and peers that are missing", () => {
  expect(formatRow(row)).toBe(
    [
      "drain: 24,512 sales/s, floor 40,000, ratio 0.613 (5 rounds)",
      "  target: ratio >= 0.6  MET",
      "  peers: rxdb 11,145, pouchdb -",
      "  also: ours.edgePeakRssMb 98.4",
      "  note: pouchdb could not be run: no network",
    ].join("\n"),
  );
  expect(formatRow({ ...row, met: false, rounds: 1 })).toContain("MISSED");
  expect(formatRow({ ...row, met: null, target: "" })).toContain("target: none\n");
});

test("a benchmark that failed says why and has met nothing", () => {
  expect(failedRow("idle", "no bundle")).toMatchObject({ ours: null, met: false, notes: ["failed: no bundle"] });
});

test.each([
  [null, "-"],
  [0.61284, "0.613"],
  [14.26, "14.3"],
  [123_456.7, "123,457"],
  [Number.NaN, "NaN"],
])("figure %s is shown as %s", (value, text) => expect(formatFigure(value)).toBe(text));
