/* The floor: a CSV parser that splits the file into rows of fields, told apart by their header, and makes nothing of them. */
import { parse } from "csv-parse";
import { readFileSync } from "node:fs";
import { chunksOf, type ParseRun } from "../adapters/parse-run.ts";
import { done, input, tell } from "../processes/worker.ts";

const { file } = input<{ file: string }>();
const bytes = readFileSync(file);

let records = 0;
const started = performance.now();
const parser = parse({ columns: true });
parser.on("readable", () => {
  while (parser.read() !== null) records += 1;
});
const ended = new Promise((resolve, reject) => parser.once("end", resolve).once("error", reject));
for (const chunk of chunksOf(bytes)) if (!parser.write(chunk)) await new Promise((resolve) => parser.once("drain", resolve));
parser.end();
await ended;
const elapsedMs = performance.now() - started;

await tell({ elapsedMs, bytes: bytes.length, records, setAside: 0 } satisfies ParseRun);
done();
