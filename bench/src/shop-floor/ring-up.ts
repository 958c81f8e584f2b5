import { setTimeout as sleep } from "node:timers/promises";
import { openTillWriter, tillDay } from "../../../examples/src/pos-generator/index.ts";

/** Puts the receipts of one till's day into a folder, a file each, evenly over time. Gives their number. */
export async function ringUp(folder: string, receipts: number, everyMs: number): Promise<number> {
  const writer = openTillWriter({ folder, mode: "perReceipt", manner: "atomic" });
  const day = tillDay({ seed: "shop-floor", store: "0101", workstation: "1", businessDay: "2026-11-20", style: "eu", sales: receipts });
  const started = performance.now();
  let written = 0;
  for (const receipt of day) {
    if (written === receipts) break;
    await writer.write(receipt);
    written += 1;
    const ahead = written * everyMs - (performance.now() - started);
    if (ahead > 0) await sleep(ahead);
  }
  writer.close();
  return written;
}
