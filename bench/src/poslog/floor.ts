/* The floor: a streaming XML parser that looks at every tag and text of the file and makes nothing of it. */
import { readFileSync } from "node:fs";
import { SaxesParser } from "saxes";
import { chunksOf, type ParseRun } from "../adapters/parse-run.ts";
import { done, input, tell } from "../processes/worker.ts";

const { file } = input<{ file: string }>();
const bytes = readFileSync(file);

let records = 0;
let characters = 0;
const started = performance.now();
const parser = new SaxesParser({ xmlns: true });
parser.on("opentag", (tag) => {
  if (tag.local === "Transaction") records += 1;
});
parser.on("text", (text) => {
  characters += text.length;
});
parser.on("error", (error) => {
  throw error;
});
const decoder = new TextDecoder("utf-8");
for (const chunk of chunksOf(bytes)) parser.write(decoder.decode(chunk, { stream: true }));
parser.write(decoder.decode()).close();
const elapsedMs = performance.now() - started;

if (characters === 0) throw new Error("the file has no text");
await tell({ elapsedMs, bytes: bytes.length, records, setAside: 0 } satisfies ParseRun);
done();
