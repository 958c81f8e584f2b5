import type { Adapter, AdapterOutput, Checkpoint } from "../adapter.ts";
import { testContext } from "./test-context.ts";

/** All outputs of a source written in one piece. */
export const parseAll = <Config>(adapter: Adapter<Config>, config: Config, bytes: Uint8Array): AdapterOutput[] =>
  parseInPieces(adapter, config, bytes, []).outputs;

/** Outputs and last checkpoint of a source written in pieces that end at the offsets. */
export function parseInPieces<Config>(
  adapter: Adapter<Config>,
  config: Config,
  bytes: Uint8Array,
  ends: readonly number[],
): { outputs: AdapterOutput[]; checkpoint: Checkpoint } {
  return parseFrom(adapter, config, bytes, undefined, ends);
}

/** As `parseInPieces`, from a checkpoint: only the bytes from its offset are written. */
export function parseFrom<Config>(
  adapter: Adapter<Config>,
  config: Config,
  bytes: Uint8Array,
  from: Checkpoint | undefined,
  ends: readonly number[] = [],
): { outputs: AdapterOutput[]; checkpoint: Checkpoint } {
  const session = adapter.open(config, testContext, from);
  const outputs: AdapterOutput[] = [];
  let at = from?.offset ?? 0;
  for (const end of [...[...ends].filter((e) => e > at && e < bytes.length).toSorted((a, b) => a - b), bytes.length]) {
    // A copy that is overwritten afterwards: a session that keeps a view of the chunk is found out.
    const chunk = bytes.slice(at, end);
    outputs.push(...session.write(chunk));
    chunk.fill(0x58);
    at = end;
  }
  outputs.push(...session.end());
  return { outputs, checkpoint: session.checkpoint() };
}
