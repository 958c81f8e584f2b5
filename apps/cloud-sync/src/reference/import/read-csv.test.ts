import { describe, expect, test } from "vitest";
import { ROW_BYTES_MAX } from "../feed/limits.ts";
import { csvMappingSchema, type CsvMapping } from "./mapping.ts";
import { readCell } from "./read-cell.ts";
import { readCsv } from "./read-csv.ts";

const mapping = (change: object = {}): CsvMapping =>
  csvMappingSchema.parse({
    delimiter: ";",
    fields: {
      id: { columns: ["SKU", "Store"], joinWith: "@" },
      scope: { columns: ["Store"], prefix: "store:" },
      amount: { columns: ["Price"], as: { type: "amount", exponent: 2, decimal: ",", group: "." } },
      currency: { value: "EUR" },
      "attributes.note": { columns: ["Note"] },
    },
    ...change,
  });

async function read(file: string | Buffer, how = mapping(), piece = 5, into: unknown[] = []): Promise<unknown[]> {
  const bytes = Buffer.from(file as string);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < bytes.length; i += piece) yield bytes.subarray(i, i + piece);
  }
  const rows: { line: number }[] = [];
  for await (const some of readCsv(pieces(), how)) {
    rows.push(...some.map((row) => ({ line: row.line, ...row.read })));
    into.push(...some.map((row) => row.read));
  }
  return rows.toSorted((a, b) => a.line - b.line);
}

const HEADER = "SKU;Store;Price;Note\r\n";

describe("a delimited file", () => {
  test("becomes what the mapping says, an empty cell an absent field", async () => {
    const file = `\ufeff${HEADER}100; S1 ;1.234,5;\r\n\r\n"101";S2;0,99;"two\r\nlines; ""quoted"""\r\n`;
    for (const piece of [1, 3, 1000])
      expect(await read(file, mapping(), piece)).toEqual([
        { line: 2, fields: { id: "100@S1", scope: "store:S1", amount: "123450", currency: "EUR" } },
        {
          line: 5,
          fields: { id: "101@S2", scope: "store:S2", amount: "99", currency: "EUR", attributes: { note: 'two\nlines; "quoted"' } },
        },
      ]);
  });

  test("loses only the rows that are wrong", async () => {
    const file = Buffer.concat([
      Buffer.from(`${HEADER}1;S1;1,00;fine\n2;S1;1,005;three decimals\n3;S1;caf`),
      Buffer.from([0xe9]),
      Buffer.from(`;x\n4;S1\n5;S1;1,00;st"ray\n6;S1;1,00;caf`),
      Buffer.from([0xe9]),
      Buffer.from("\n7;S1;1,00;nul\0\n8;S1;1,00;fine\n"),
    ]);
    expect(await read(file)).toMatchObject([
      { line: 2, fields: { id: "1@S1" } },
      { line: 3, refusal: { code: "reference.invalid", detail: "amount: more than 2 decimals" } },
      { line: 4, refusal: { code: "reference.encoding-wrong", detail: "amount: not utf-8" } },
      { line: 5, refusal: { code: "reference.row-malformed", detail: "2 cells, the header has 4" } },
      { line: 6, refusal: { code: "reference.row-malformed", detail: "a quote in the middle of a cell" } },
      { line: 7, refusal: { code: "reference.encoding-wrong", detail: "attributes.note: not utf-8" } },
      { line: 8, refusal: { code: "reference.row-malformed", detail: "a text with a NUL character" } },
      { line: 9, fields: { id: "8@S1" } },
    ]);
  });

  test("in windows-1252, with tabs and without quotes, is read as such", async () => {
    const how = mapping({ encoding: "windows-1252", delimiter: "\t", quote: "" });
    const file = Buffer.from('SKU\tStore\tPrice\tNote\n1\tS1\t1,00\t5" caf\xe9 \x80\n', "latin1");
    expect(await read(file, how)).toMatchObject([{ fields: { attributes: { note: '5" café €' } } }]);
  });

  test("is read up to where quotes do not say any more what is a row, and not past it", async () => {
    const good = `${HEADER}1;S1;1,00;fine\n`;
    const record = (bytes: number): string => `2;S1;1,00;"${"x".repeat(bytes - 12)}"\n`;
    for (const [bad, detail] of [
      ['2;S1;1,00;"open\n3;S1;1,00;swallowed\n', "a quote is not closed, by line 4"],
      ['2;S1;1,00;"a"b\n3;S1;1,00;"x\n4;S1;0,01;not a row\n"\n', "something follows a closing quote, by line 3"],
      [record(ROW_BYTES_MAX + 40), `a record of more than ${ROW_BYTES_MAX} bytes, by line 3`],
    ] as const) {
      const rows: unknown[] = [];
      const reading = read(good + bad, mapping(), 1 << 16, rows);
      await expect(reading.then((all) => all.length)).rejects.toMatchObject({ code: "reference.feed-broken", detail });
      expect(rows.length).toBe(1);
      expect(rows).toMatchObject([{ fields: { id: "1@S1" } }]);
    }
    expect(await read(good + record(ROW_BYTES_MAX - 10), mapping(), 1 << 16)).toHaveLength(2);
  });

  test("that lacks a column, or has it twice, is not begun", async () => {
    await expect(read("SKU;Store;Note\n1;S1;x\n")).rejects.toMatchObject({
      code: "config.invalid",
      detail: 'the file has no column "Price"',
    });
    await expect(read("SKU;Store;Price;Note;Note\n")).rejects.toMatchObject({ code: "config.invalid" });
    expect(await read("")).toEqual([]);
  });
});

test.each([
  ["12.5", { type: "amount", exponent: 2, decimal: "." }, "1250"],
  ["-3", { type: "amount", exponent: 0, decimal: "." }, "-3"],
  ["1.234.567,8", { type: "amount", exponent: 2, decimal: ",", group: "." }, "123456780"],
  ["1.50", { type: "amount", exponent: 2, decimal: ",", group: "." }, "not an amount"],
  ["1.500", { type: "amount", exponent: 2, decimal: "," }, "not an amount"],
  ["1,5,0", { type: "amount", exponent: 2, decimal: "," }, "not an amount"],
  ["", { type: "amount", exponent: 2, decimal: "," }, "not an amount"],
  ["free", { type: "amount", exponent: 2, decimal: "." }, "not an amount"],
  ["007,50", { type: "decimal", decimal: "," }, "7.50"],
  ["-0.5", { type: "decimal", decimal: "." }, "-0.5"],
  ["1e3", { type: "decimal", decimal: "." }, "not a decimal number"],
  ["42", { type: "integer" }, 42],
  ["4.2", { type: "integer" }, "not a whole number"],
  ["ja", { type: "boolean", true: ["ja"], false: ["nein"] }, true],
  ["yes", { type: "boolean", true: ["ja"], false: ["nein"] }, "neither of the words for true and false"],
  ["4006381333931", { type: "gtin" }, "04006381333931"],
  ["400638133393", { type: "gtin" }, "00400638133393"],
  ["40063813339", { type: "gtin" }, "not a GTIN of 8, 12, 13 or 14 digits"],
  ["4006381333931 | 96385074|", { type: "list", separator: "|", of: "gtin" }, ["04006381333931", "00000096385074"]],
  ["a,b", { type: "list", separator: ",", of: "text" }, ["a", "b"]],
  ["31.12.2026", { type: "date", format: "DD.MM.YYYY", plusDays: 0 }, "2026-12-31T00:00"],
  ["31.12.2026", { type: "date", format: "DD.MM.YYYY", plusDays: 1 }, "2027-01-01T00:00"],
  ["12/31/2026 23:59", { type: "date", format: "MM/DD/YYYY HH:mm", plusDays: 0 }, "2026-12-31T23:59"],
  ["30.02.2026", { type: "date", format: "DD.MM.YYYY", plusDays: 0 }, "no such day or time"],
  ["31x12x2026", { type: "date", format: "DD.MM.YYYY", plusDays: 0 }, "not of the form DD.MM.YYYY"],
] as const)("the cell %j as %j is %j", (text, as, expected) => {
  const read = readCell(text, as as never);
  expect("wrong" in read ? read.wrong : read.value).toEqual(expected);
});
