import { setTimeout as delay } from "node:timers/promises";
import { askAgent } from "../../control/ask-agent.ts";
import type { Snapshot } from "../../window-api/snapshot.ts";
import { judgeTray, TRAY_RULES, type TrayRules } from "../../window-api/tray-state.ts";

const EVERY_MS = 60;

/** One look at the agent, as the tray takes it. Moments are of this process's steady clock. */
interface Sample {
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
  /** Undefined: no agent answered. */
  readonly snapshot: Snapshot | undefined;
}

/** Receipts that the POS wrote while nothing could reach the cloud: until `toMs` the cloud cannot have them. */
export interface OutOfReach {
  readonly soldAtMs: number;
  toMs: number;
}

export interface TraySamples {
  readonly all: Sample[];
  readonly outOfReach: OutOfReach[];
  readonly stop: () => Promise<void>;
}

/** Looks at the agent all the time, whatever happens to it. */
export function sampleTray(data: string): TraySamples {
  const all: Sample[] = [];
  const stopping = new AbortController();
  const sampling = (async () => {
    while (!stopping.signal.aborted) {
      const askedAtMs = performance.now();
      const snapshot = await askAgent(data, "snapshot", {}, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
      all.push({ askedAtMs, answeredAtMs: performance.now(), snapshot });
      await delay(EVERY_MS);
    }
  })();
  return { all, outOfReach: [], stop: async () => (stopping.abort(), await sampling) };
}

/** What the tray shows of a sample: at the agent's own moment, since one machine has one clock. */
export const stateOf = ({ snapshot }: Pick<Sample, "snapshot">, rules: TrayRules = TRAY_RULES) =>
  judgeTray(snapshot, snapshot?.atMs ?? 0, rules);

/**
 * Samples that were green although the cloud could not have a receipt that the POS had written before the look that the
 * green speaks of.
 */
export function falselyGreen({ all, outOfReach }: TraySamples, rules: TrayRules = TRAY_RULES): Sample[] {
  return all.filter((sample) => {
    const { kind } = stateOf(sample, rules);
    if (kind !== "safe" && kind !== "update") return false;
    const folders = sample.snapshot?.sources.filter((source) => source.kind === "folder") ?? [];
    const looks = folders.map(({ lastReadAtMs }) => sample.askedAtMs - ((sample.snapshot?.atMs ?? 0) - (lastReadAtMs ?? 0)));
    const lookedAtMs = Math.min(...looks);
    return outOfReach.some(({ soldAtMs, toMs }) => soldAtMs < lookedAtMs && sample.answeredAtMs < toMs);
  });
}
