import type { AgentConfig } from "../config/config-schema.ts";
import { pruneEntries } from "../journal/prune.ts";
import { pruneReceipts } from "../journal/prune-receipts.ts";
import { pruneRedemptions } from "../redemptions/prune-redemptions.ts";
import type { Timer } from "../replicator/ports.ts";
import type { SourceDeps } from "../sources/source-deps.ts";

/** How often old entries are looked for, and full disks looked at. */
const PRUNE_EVERY_MS = 3_600_000;
const DISK_EVERY_MS = 5_000;
const RECEIPTS_EVERY = 24;
/** Between two steps of pruning, so that sales and the line come first. */
const STEP_PAUSE_MS = 20;

/** Prunes by the hour and notices when space returns to a full disk. Failures are told and tried again later. */
export function keepHouse(deps: SourceDeps, config: () => AgentConfig): { stop: () => void; idle: () => Promise<void> } {
  const timers = new Set<Timer>();
  let stopped = false;
  let rounds = 0;
  let work: Promise<void> = Promise.resolve();
  const every = (ms: number, task: () => void): void => {
    if (stopped) return;
    const timer = deps.ports.setTimer(ms, () => {
      timers.delete(timer);
      task();
      every(ms, task);
    });
    timers.add(timer);
  };
  every(DISK_EVERY_MS, () => deps.guard.check());
  every(PRUNE_EVERY_MS, () => {
    rounds += 1;
    const withReceipts = rounds % RECEIPTS_EVERY === 1;
    work = work.then(() => prune(deps, config(), withReceipts, () => stopped));
  });
  return {
    stop: () => {
      stopped = true;
      for (const timer of timers) timer.cancel();
    },
    idle: () => work,
  };
}

async function prune(deps: SourceDeps, config: AgentConfig, withReceipts: boolean, stopped: () => boolean): Promise<void> {
  const pause = (): Promise<void> => new Promise((resolve) => void deps.ports.setTimer(STEP_PAUSE_MS, resolve));
  try {
    let pruned = 0;
    for (let step = 1; step > 0 && !stopped();) {
      step = pruneEntries(deps.store, config.retentionDays);
      pruned += step;
      if (step > 0) await pause();
    }
    if (pruned > 0) deps.log.info({ entries: pruned }, "old acknowledged entries were pruned");
    for (let after: string | undefined = withReceipts ? "" : undefined; after !== undefined && !stopped();) {
      after = pruneReceipts(deps.store, config.receiptDays, after);
      await pause();
    }
    if (!withReceipts) return;
    while (!stopped() && pruneRedemptions(deps.store, config.receiptDays) > 0) await pause();
  } catch (error) {
    deps.log.error({ err: error }, "pruning failed and is tried again later");
  }
}
