/** A source of seeded choices: the same seed gives the same choices on every machine. */
export interface Random {
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** True about `percent` times in a hundred. */
  chance(percent: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
  /** A copy of `list` in another order. */
  shuffle<T>(list: readonly T[]): T[];
}

/** Makes a source of choices from any text or number. Not for secrets: anyone with the seed can repeat it. */
export function seededRandom(seed: string | number): Random {
  let state = hashSeed(String(seed));
  /* mulberry32: small, fast and even enough for shop data. */
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const int = (min: number, max: number): number => min + (next() % (max - min + 1));
  return {
    int,
    chance: (percent) => int(0, 99) < percent,
    pick: (list) => list[int(0, list.length - 1)] ?? list[0],
    shuffle: (list) => {
      const copy = [...list];
      for (let at = copy.length - 1; at > 0; at -= 1) {
        const other = int(0, at);
        [copy[at], copy[other]] = [copy[other] as (typeof copy)[number], copy[at] as (typeof copy)[number]];
      }
      return copy;
    },
  };
}

/** FNV-1a over the seed's characters. */
function hashSeed(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}
