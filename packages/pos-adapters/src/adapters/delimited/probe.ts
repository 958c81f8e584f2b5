import type { ProbeResult } from "../../kit/adapter.ts";

/** Rows that must have the same shape before it is taken for one. */
const ROWS_MIN = 2;

/** Delimited files have no signature: rows of equal shape are likely one. Which mapping fits only a person can say. */
export function probe(sample: Uint8Array): ProbeResult {
  let text = "";
  for (const byte of sample.subarray(0, 8_192)) text += String.fromCharCode(byte);
  text = text.replace(/^\u00ef\u00bb\u00bf/, "").replaceAll("\u0000", "");
  if (/^\s*[<{[]/.test(text) || hasControls(text.slice(0, 64))) return { match: "no" };
  const lines = text
    .split(/\r?\n/)
    .slice(0, -1)
    .filter((line) => line.trim() !== "")
    .slice(0, 20);
  if (lines.length < ROWS_MIN) return { match: "no" };
  const shape = (delimiter: string): boolean =>
    isRegular(
      lines.map((line) => line.replace(/"[^"]*"/g, "").split(delimiter).length),
      3,
    );
  if ([";", "\t", "|", ","].some(shape)) return { match: "likely", dialect: "csv" };
  const isSpaced = lines.every((line) => /\S\s+\S/.test(line));
  return isSpaced &&
    isRegular(
      lines.map((line) => line.trimEnd().length),
      8,
    )
    ? { match: "likely", dialect: "fixedWidth" }
    : { match: "no" };
}

/** Whether most rows agree on a number that is not too small: a few broken rows do not make another format. */
function isRegular(numbers: readonly number[], least: number): boolean {
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  const [most = 0, often = 0] = [...counts].toSorted((a, b) => b[1] - a[1])[0] ?? [];
  return most >= least && often * 10 >= numbers.length * 6;
}

/** Control characters that no text file begins with. */
const hasControls = (text: string): boolean => Array.from(text).some((c) => c < " " && c !== "\t" && c !== "\n" && c !== "\r");
