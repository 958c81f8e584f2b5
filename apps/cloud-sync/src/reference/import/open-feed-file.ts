import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { TillsyncError } from "@tillsync/sync-protocol";
import type { FeedRow } from "../feed/feed-row.ts";
import { readNdjson } from "../feed/read-ndjson.ts";
import { unpack, type FeedEncoding } from "../feed/unpack.ts";
import { readMapping } from "./mapping.ts";
import { readCsv } from "./read-csv.ts";

const PACKED: Readonly<Record<string, FeedEncoding>> = { ".zst": "zstd", ".gz": "gzip" };
const NDJSON = /\.(ndjson|jsonl)$/i;
const CSV = /\.(csv|tsv|txt)$/i;

/**
 * Rows of a file by its name: `.ndjson` or `.jsonl`; `.csv`, `.tsv` or `.txt` by a mapping; either packed as `.zst` or
 * `.gz`. Throws `source.not-found`, `source.not-file`, `usage.invalid`, `config.*`; reading it throws `reference.feed-broken`.
 */
export async function openFeedFile(path: string, mappingPath: string | undefined): Promise<AsyncIterable<FeedRow[]>> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new TillsyncError("source.not-found", path);
  if (!found.isFile()) throw new TillsyncError("source.not-file", path);
  const packing = Object.keys(PACKED).find((ending) => path.toLowerCase().endsWith(ending));
  const name = packing === undefined ? path : path.slice(0, -packing.length);
  const bytes = (): AsyncGenerator<Uint8Array> => unpack(createReadStream(path), PACKED[packing ?? ""] ?? "plain");
  if (NDJSON.test(name)) {
    if (mappingPath !== undefined) throw new TillsyncError("usage.invalid", "--mapping is for delimited files");
    return readNdjson(bytes());
  }
  if (!CSV.test(name)) throw new TillsyncError("usage.invalid", "FILE: .ndjson, .jsonl, .csv, .tsv or .txt, packed as .zst or .gz or not");
  if (mappingPath === undefined)
    throw new TillsyncError("usage.invalid", "--mapping is missing: a delimited file does not say what its columns are");
  return readCsv(bytes(), await readMapping(mappingPath));
}
