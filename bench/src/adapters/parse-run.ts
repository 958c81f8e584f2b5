/** What a pass over a file measured, ours or the floor's. */
export interface ParseRun {
  readonly elapsedMs: number;
  readonly bytes: number;
  /** Records or rows that came out. */
  readonly records: number;
  readonly setAside: number;
}

/** A watched folder reads files in pieces of this size. */
const CHUNK_BYTES = 64 * 1_024;

/** The pieces of a file, as a stream would bring them. */
export function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}
