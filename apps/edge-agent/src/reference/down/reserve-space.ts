import { TillsyncError } from "@tillsync/sync-protocol";
import { FREE_BYTES_KEPT } from "../limits.ts";

/** What is unpacked and indexed takes some times what travels. */
const UNPACKED_TIMES = 12;

/** Throws `store.disk-full` when a chunk of so many bytes, unpacked and indexed, would leave too little for sales. */
export function reserveSpace(dir: string, bytes: number, freeBytes: (dir: string) => number): void {
  const free = freeBytes(dir);
  if (free - bytes * UNPACKED_TIMES < FREE_BYTES_KEPT)
    throw new TillsyncError("store.disk-full", `${Math.floor(free / 1_048_576)} MiB free; reference data leaves the rest to sales`);
}
