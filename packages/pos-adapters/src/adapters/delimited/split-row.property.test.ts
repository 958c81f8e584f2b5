import { parse as parseCsv } from "csv-parse/sync";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createUnitBuffer } from "../../kit/bytes/unit-buffer.ts";
import { createRowScanner } from "./scan-rows.ts";
import { splitRow } from "./split-row.ts";

const field = fc.string({ unit: fc.constantFrom("a", "é", '"', ",", "\n", " ", "1", "€"), maxLength: 8 });
const quoteField = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function readRows(text: string): string[][] {
  const buffer = createUnitBuffer("bytes", 0);
  buffer.write(new TextEncoder().encode(text));
  const scanner = createRowScanner(buffer, 0x2c, 0x22);
  const rows: string[][] = [];
  for (let raw = scanner.next(true); raw !== undefined; raw = scanner.next(true)) {
    const split = splitRow(new TextDecoder().decode(raw.bytes), ",", '"');
    if (split.ok) rows.push([...split.fields]);
  }
  return rows;
}

test("reads what csv-parse reads, and what was written", () => {
  fc.assert(
    fc.property(fc.array(fc.array(field, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 6 }), (rows) => {
      const text = `${rows.map((row) => row.map(quoteField).join(",")).join("\n")}\n`;
      expect(readRows(text)).toEqual(rows);
      expect(parseCsv(text, { record_delimiter: "\n" })).toEqual(rows);
    }),
    { numRuns: 300 },
  );
});
