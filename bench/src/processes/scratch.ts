import { mkdtemp, rm } from "node:fs/promises";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folders = new Set<string>();

/**
 * A folder for one run, on the disk of `TILLSYNC_BENCH_DIR` or else of the system's temporary folder. Durable writes
 * mean something only on a real disk: a temporary folder in memory makes every floor and every figure too good.
 */
export async function makeScratch(name: string): Promise<string> {
  const folder = await mkdtemp(join(process.env["TILLSYNC_BENCH_DIR"] ?? tmpdir(), `tillsync-bench-${name}-`));
  folders.add(folder);
  return folder;
}

export async function removeScratch(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  folders.delete(folder);
}

/** Removes what is left, at once: for the bench's own end by a signal. */
export function removeAllScratch(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}
