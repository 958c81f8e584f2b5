import type { FeedRow } from "./feed-row.ts";
import { parseRow } from "./parse-row.ts";
import { splitLines } from "./split-lines.ts";

/** Rows of an NDJSON feed, some at a time. A bad line is a row with its refusal and harms no other. */
export async function* readNdjson(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<FeedRow[]> {
  for await (const lines of splitLines(chunks)) yield lines.map(parseRow);
}
