import { seededRandom } from "../world/random.ts";

/** Draws of one stream. Every actor has one of its own, so that what one does leaves the others' luck alone. */
export interface Chance {
  /** In [0, 1). */
  readonly draw: () => number;
  readonly happens: (share: number) => boolean;
  /** An integer from `low` up to and including `high`. */
  readonly between: (low: number, high: number) => number;
  readonly bytes: (count: number) => Uint8Array;
  /** A stream that this one's seed and `name` decide. */
  readonly split: (name: string) => Chance;
}

export function chanceOf(seed: number): Chance {
  const draw = seededRandom(seed);
  return {
    draw,
    happens: (share) => draw() < share,
    between: (low, high) => low + Math.floor(draw() * (high - low + 1)),
    bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(draw() * 256)),
    split: (name) => chanceOf(fnv(`${seed}/${name}`)),
  };
}

function fnv(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}
