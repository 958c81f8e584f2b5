import { setTimeout as delay } from "node:timers/promises";

/** The receiver of all contestants: in their own process, so that no HTTP is measured, and it takes this long for each item. */
export const ENDPOINT_MS = 100;

/** What came in, to be checked: of each key one at a time and in its order, each item once. */
export function createEndpoint() {
  const last = new Map<string, number>();
  const out = new Set<string>();
  const problems: string[] = [];
  let count = 0;
  let most = 0;
  return {
    /** `n` grows along the key's items from 0 by one. */
    take: async (key: string, n: number): Promise<void> => {
      if (out.has(key)) problems.push(`${key} is out twice`);
      if (n !== (last.get(key) ?? -1) + 1) problems.push(`${key}: ${n} after ${last.get(key) ?? -1}`);
      out.add(key);
      most = Math.max(most, out.size);
      await delay(ENDPOINT_MS);
      last.set(key, n);
      out.delete(key);
      count += 1;
    },
    count: () => count,
    /** Throws unless `keys` keys got `perKey` items each, in order. */
    check: (keys: number, perKey: number): void => {
      if (problems.length > 0) throw new Error(`${problems.length} times out of order: ${problems.slice(0, 3).join("; ")}`);
      if (count !== keys * perKey || last.size !== keys) throw new Error(`${count} items of ${last.size} keys`);
    },
    most: () => most,
  };
}
