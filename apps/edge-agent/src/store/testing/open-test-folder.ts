import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDiskGuard, type DiskGuard } from "../../health/disk-guard.ts";
import type { AgentStore } from "../agent-store.ts";
import { openAgentStore } from "../open-store.ts";

export interface TestFolder {
  readonly dir: string;
  store: AgentStore;
  readonly guard: DiskGuard;
  /** This machine's clock, to be moved by hand. */
  wallMs: number;
  /** Closes and opens the store, as a restart would. */
  readonly restart: () => void;
  readonly remove: () => void;
}

export const TEST_KEY = "k".repeat(43);

/** A data folder of its own, with a clock that stands still and no ballast. */
export function openTestFolder(): TestFolder {
  const dir = mkdtempSync(join(tmpdir(), "tillsync-edge-"));
  const open = (): AgentStore => openAgentStore(dir, { now: () => folder.wallMs, journalKey: TEST_KEY });
  const folder: TestFolder = {
    dir,
    wallMs: 1_772_000_000_000,
    store: undefined as unknown as AgentStore,
    guard: openDiskGuard(dir, { ballastBytes: 0 }),
    restart: () => {
      folder.store.close();
      folder.store = open();
    },
    remove: () => {
      folder.store.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  folder.store = open();
  return folder;
}
