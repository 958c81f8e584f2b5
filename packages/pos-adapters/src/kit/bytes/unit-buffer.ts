/**
 * A window over a stream of bytes: what was written and not yet dropped. Offsets count from the first byte of the source.
 * Positions inside the window are units: one byte each, or two for UTF-16, so that a scanner for ASCII marks works on both
 * and its byte offsets stay exact.
 */
export interface UnitBuffer {
  /** The window. Valid until the next `write` or `drop`. */
  readonly units: Uint8Array | Uint16Array;
  /** Units held; `units` may be longer. */
  readonly length: number;
  write(chunk: Uint8Array): void;
  /** Forgets the first `count` units. */
  drop(count: number): void;
  /** Source offset of the unit at `index`. */
  offsetOf(index: number): number;
  /** The raw bytes of `[from, to)`, as they came. A view: copy before the next `write`. */
  bytes(from: number, to: number): Uint8Array;
  /** One past the last byte written, whether it is half a unit or not. */
  readonly endOffset: number;
}

export type UnitLayout = "bytes" | "utf-16le" | "utf-16be";

/** Room to begin with: a sale that comes alone. A file's chunks make it grow to four of them within the first two. */
const FIRST_BYTES = 8 * 1024;

/** Starts an empty window whose first unit will be the byte at `offset` of the source. */
export function createUnitBuffer(layout: UnitLayout, offset: number): UnitBuffer {
  const size = layout === "bytes" ? 1 : 2;
  let store = new Uint8Array(FIRST_BYTES);
  let from = 0;
  let to = 0;
  let base = offset;
  let view: Uint8Array | Uint16Array | undefined;

  const makeRoom = (count: number): void => {
    if (to + count <= store.length) return;
    const held = to - from;
    const target = held + count <= store.length / 2 ? store : new Uint8Array(Math.max(store.length * 2, (held + count) * 2));
    target.set(store.subarray(from, to), 0);
    store = target;
    from = 0;
    to = held;
  };

  return {
    get units() {
      view ??= size === 1 ? store.subarray(from, to) : toUnits(store.subarray(from, to), layout);
      return view;
    },
    get length() {
      return Math.floor((to - from) / size);
    },
    write(chunk) {
      makeRoom(chunk.length);
      store.set(chunk, to);
      to += chunk.length;
      view = undefined;
    },
    drop(count) {
      from += count * size;
      base += count * size;
      // The window of UTF-16 is a converted copy: it is moved with the bytes, not made again for every record.
      view = view?.subarray(count);
    },
    offsetOf: (index) => base + index * size,
    bytes: (start, end) => store.subarray(from + start * size, from + end * size),
    get endOffset() {
      return base + to - from;
    },
  };
}

function toUnits(bytes: Uint8Array, layout: UnitLayout): Uint16Array {
  const units = new Uint16Array(Math.floor(bytes.length / 2));
  const low = layout === "utf-16le" ? 0 : 1;
  for (let i = 0; i < units.length; i += 1) units[i] = (bytes[2 * i + low] ?? 0) | ((bytes[2 * i + 1 - low] ?? 0) << 8);
  return units;
}
