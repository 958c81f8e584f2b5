import { hash } from "node:crypto";

const SLOTS_FIRST = 1 << 12;

/**
 * Which ids a feed has had and with what content, 64 bits of a hash each: some 32 MB for a million rows. Two ids
 * among a million share their bits once in 30 million feeds; then a good row is refused, or a document not deleted.
 */
export interface SeenRows {
  /** `first`: not had before; otherwise whether the content is what it was. */
  note(id: string, content: string): "first" | "same" | "other";
  has(id: string): boolean;
}

export function createSeenRows(): SeenRows {
  let slots = SLOTS_FIRST;
  let used = 0;
  let ids = new BigUint64Array(slots);
  let contents = new BigUint64Array(slots);

  /** Slot of an id, or the free one where it belongs. */
  const find = (key: bigint): number => {
    let slot = Number(key & BigInt(slots - 1));
    while (ids[slot] !== 0n && ids[slot] !== key) slot = (slot + 1) & (slots - 1);
    return slot;
  };
  const grow = (): void => {
    const [oldIds, oldContents] = [ids, contents];
    slots *= 2;
    ids = new BigUint64Array(slots);
    contents = new BigUint64Array(slots);
    oldIds.forEach((key, slot) => {
      if (key === 0n) return;
      const place = find(key);
      ids[place] = key;
      contents[place] = oldContents[slot] ?? 0n;
    });
  };
  return {
    note: (id, content) => {
      const key = keyOf(id);
      const slot = find(key);
      const digest = hash("sha1", content, "buffer").readBigUInt64LE(0);
      if (ids[slot] === key) return contents[slot] === digest ? "same" : "other";
      ids[slot] = key;
      contents[slot] = digest;
      used += 1;
      if (used * 2 > slots) grow();
      return "first";
    },
    has: (id) => ids[find(keyOf(id))] !== 0n,
  };
}

/** Never zero, which marks a free slot. */
const keyOf = (id: string): bigint => hash("sha1", id, "buffer").readBigUInt64LE(0) | 1n;
