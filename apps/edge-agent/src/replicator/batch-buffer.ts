import { assert, BATCH_BYTES_MAX, type PushHeader } from "@tillsync/sync-protocol";
import { HEADER_BYTES_MAX } from "./limits.ts";

const LINE_FEED = 0x0a;
/** Enough for the batches of a till that sells; a drain lets it grow once and keeps it. */
const FIRST_BYTES = 64 * 1024;

/** Where one batch is put together, in the bytes that `encodeBatch` would give. */
export interface BatchBuffer {
  add(line: Uint8Array): void;
  /** The batch, with its header before the lines. A view: it is good until the buffer is given back. */
  finish(header: PushHeader): Uint8Array;
}

/** Keeps the buffers of batches that are through for those that follow: a drain allocates a few, not thousands. */
export interface BatchBuffers {
  take(): BatchBuffer;
  giveBack(buffer: BatchBuffer): void;
  /** Gives the memory back. */
  rest(): void;
}

export function createBatchBuffers(): BatchBuffers {
  let free: GrowingBuffer[] = [];
  return {
    take: () => (free.pop() ?? new GrowingBuffer()).begin(),
    giveBack: (buffer) => void free.push(buffer as GrowingBuffer),
    rest: () => void (free = []),
  };
}

/** The header is known last and stands first, so room is left for it. */
class GrowingBuffer implements BatchBuffer {
  private bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  private end = HEADER_BYTES_MAX;

  begin(): this {
    this.end = HEADER_BYTES_MAX;
    return this;
  }

  add(line: Uint8Array): void {
    const end = this.end + line.length + 1;
    if (end > this.bytes.length) this.grow(end);
    this.bytes.set(line, this.end);
    this.bytes[end - 1] = LINE_FEED;
    this.end = end;
  }

  finish(header: PushHeader): Uint8Array {
    const text = `${JSON.stringify(header)}\n`;
    assert(text.length <= HEADER_BYTES_MAX, "the header fits into its room");
    const start = HEADER_BYTES_MAX - text.length;
    this.bytes.write(text, start, "latin1");
    assert(this.end - start <= BATCH_BYTES_MAX, "batch within its byte limit");
    return this.bytes.subarray(start, this.end);
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.end);
    this.bytes = larger;
  }
}
