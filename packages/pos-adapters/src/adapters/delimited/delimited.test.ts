import { isRetail } from "@tillsync/sync-protocol";
import { describe, expect, test } from "vitest";
import type { AdapterOutput } from "../../kit/adapter.ts";
import { readAdapterConfig } from "../../kit/define-adapter.ts";
import { DELIMITED_COLUMNS_MAX, DELIMITED_FIELD_MAX, DELIMITED_ROW_BYTES_MAX, GROUP_ROWS_MAX } from "../../kit/limits.ts";
import { parseAll } from "../../kit/testing/index.ts";
import { findAdapter } from "../index.ts";
import { delimited } from "./index.ts";
import { mappingSchema } from "./mapping.ts";
import { multiplyToMinor, readNumber } from "./numbers.ts";

const base = {
  format: { kind: "csv" },
  store: "s",
  workstation: "w",
  currency: "EUR",
  groupBy: ["No"],
  sequence: { column: "No" },
  businessDay: { column: "Day" },
  line: { itemId: { column: "Item" }, amount: { column: "Amount" } },
};
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (text: string | Uint8Array, more: object = {}): AdapterOutput[] =>
  parseAll(delimited, mappingSchema.parse({ ...base, ...more }), typeof text === "string" ? encode(text) : text);
const codes = (outputs: readonly AdapterOutput[]): string[] =>
  outputs.map((o) => (o.kind === "transaction" ? o.transaction.identity.sequence : o.code));
const HEAD = "No,Day,Item,Amount\n";
const row = (no: number | string, item = "A", amount = "1.00"): string => `${no},2026-05-04,${item},${amount}\n`;

describe("numbers", () => {
  test.each([
    ["1.234,50", ",", ".", "1234.50"],
    ["1,234.5", ".", ",", "1234.5"],
    ["12.50-", ".", undefined, "-12.50"],
    ["+7", ".", undefined, "7"],
    ["1.50", ",", ".", undefined],
    ["12.34.567", ",", ".", undefined],
    ["1e3", ".", undefined, undefined],
    ["-1-", ".", undefined, undefined],
    ["", ".", undefined, undefined],
  ] as const)("reads %s", (text, decimalSeparator, groupSeparator, expected) =>
    expect(readNumber(text, { decimalSeparator, groupSeparator })).toBe(expected),
  );
  test.each([
    ["1.125", "1", "half-even", "112"],
    ["1.135", "1", "half-even", "114"],
    ["1.125", "1", "half-up", "113"],
    ["-1.125", "1", "half-up", "-113"],
    ["3.333", "3", "half-up", "1000"],
    ["0.30", "2", "half-even", "60"],
  ] as const)("%s times %s, %s, is %s", (a, b, rounding, minor) =>
    expect(multiplyToMinor(a as never, b as never, 2, rounding)).toBe(minor),
  );
});

describe("files", () => {
  test("a missing column sets the file aside whole, with its name", () => {
    expect(parse("No,Day,Item\n1,2026-05-04,A\n")).toEqual([
      { kind: "set-aside", code: "capture.field-missing", detail: "column Amount", range: [0, 27] },
    ]);
  });
  test("a row that cannot be used spoils its own group and no other", () => {
    const text = HEAD + row(1) + row(2) + row(2, "B", "x") + row(2) + row(3);
    expect(codes(parse(text))).toEqual(["1", "capture.amount-invalid", "3"]);
  });
  test("a row without a key spoils the group that stands around it", () => {
    expect(codes(parse(`${HEAD}${row(1)}garbage\n${row(1)}${row(2)}`))).toEqual(
      ["capture.field-missing", "2"].map((c, i) => (i === 0 ? "capture.malformed" : c)),
    );
  });
  test("a row without a key between two groups stands alone", () => {
    expect(codes(parse(`${HEAD}${row(1)}${row("")}${row(2)}`))).toEqual(["1", "capture.field-missing", "2"]);
  });
  test("a stray quote costs its own rows, not the file", () => {
    const many = Array.from({ length: 20_000 }, (_, i) => row(i + 10)).join("");
    const outputs = parse(`${HEAD}${row(1)}2,2026-05-04,"A,1.00\n${many}`);
    expect(codes(outputs).slice(0, 3)).toEqual(["1", "capture.malformed", "10"]);
    expect(outputs).toHaveLength(20_002);
  });
  test("rows of a number that was closed are set aside, not taken for a second receipt", () => {
    expect(codes(parse(HEAD + row(1) + row(2) + row(1)))).toEqual(["1", "2", "capture.key-conflict"]);
  });
  test("UTF-16 is read by its mark", () => {
    const text = `\ufeff${HEAD}${row(1, "Grün")}`;
    const bytes = Uint8Array.from(Array.from(text).flatMap((c) => [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8]));
    const outputs = parse(bytes);
    expect(codes(outputs)).toEqual(["1"]);
    expect(outputs[0]?.range).toEqual([2 + HEAD.length * 2, bytes.length]);
  });
  test("rows of a sale and of no sale in one group are a question", () => {
    const rules = [{ when: [{ column: "Item", equals: "X" }], as: "notASale" }];
    expect(codes(parse(HEAD + row(1) + row(1, "X") + row(2, "X"), { rules }))).toEqual(["capture.field-invalid", "capture.not-a-sale"]);
  });
  test("a void takes off what a sale puts on", () => {
    const rules = [{ when: [{ column: "Item", matches: "^V" }], as: "void" }];
    const output = parse(HEAD + row(1, "A", "2.00") + row(1, "VA", "2.00"), { rules })[0];
    expect(output?.kind === "transaction" && isRetail(output.transaction) ? output.transaction.reported.grand : undefined).toBe("0");
  });
});

describe("limits", () => {
  test("of a field", () => {
    expect(codes(parse(HEAD + row(1, "A") + `2,2026-05-04,A,${"1".repeat(DELIMITED_FIELD_MAX)}\n`))).toEqual([
      "1",
      "capture.amount-invalid",
    ]);
    expect(codes(parse(HEAD + row(1, "A") + `2,2026-05-04,A,${"1".repeat(DELIMITED_FIELD_MAX + 1)}\n`))).toEqual([
      "1",
      "capture.too-complex",
    ]);
  });
  test("of columns", () => {
    const wide = (n: number): string => `${HEAD.trim()}${",x".repeat(n - 4)}\n1,2026-05-04,A,1.00${",".repeat(n - 4)}\n`;
    expect(codes(parse(wide(DELIMITED_COLUMNS_MAX)))).toEqual(["1"]);
    expect(codes(parse(wide(DELIMITED_COLUMNS_MAX + 1)))).toEqual(["capture.field-missing"]);
  });
  test("of a row", () => {
    const long = (bytes: number): string => `1,2026-05-04,A,1.00,${"x".repeat(bytes - 20)}\n`;
    expect(codes(parse(HEAD + long(DELIMITED_ROW_BYTES_MAX) + row(2)))).toEqual(["capture.too-complex", "2"]);
    expect(codes(parse(HEAD + long(DELIMITED_ROW_BYTES_MAX + 1) + row(2)))).toEqual(["capture.limit", "2"]);
  });
  test("of the rows of a group", () => {
    const group = (n: number): string => HEAD + row(1, "A", "0.01").repeat(n) + row(2);
    expect(codes(parse(group(GROUP_ROWS_MAX)))).toEqual(["1", "2"]);
    expect(codes(parse(group(GROUP_ROWS_MAX + 1)))).toEqual(["capture.limit", "2"]);
  });
});

test.each([
  [{ ...base, format: { kind: "csv", delimiter: ",," } }, "format.delimiter"],
  [{ ...base, line: { itemId: "A" } }, "line needs amount or unitPrice"],
  [{ ...base, format: { kind: "csv", header: false } }, "format.columns is needed"],
  [{ ...base, rules: [{ when: [{ column: "A", matches: "(" }], as: "sale" }] }, "not a regular expression"],
  [{ ...base, format: { kind: "csv", dateFormats: ["HH:mm"] } }, "year, month and day"],
  [{ ...base, stroe: "1" }, "stroe"],
])("a mapping that is wrong says where", (mapping, message) => {
  expect(() => readAdapterConfig(delimited, mapping)).toThrow(message);
});

test("an unknown adapter lists those that there are", () => {
  expect(() => findAdapter("tlog")).toThrow("poslog, delimited, canonical-json");
});
