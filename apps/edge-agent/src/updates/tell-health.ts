import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { writePrivateFile } from "../keys/private-file.ts";
import type { Timer } from "../replicator/ports.ts";
import type { Snapshot } from "../window-api/snapshot.ts";
import type { ReplicatorPorts } from "../replicator/ports.ts";
import type { SourceLog } from "../sources/source-deps.ts";
import { outcomeFile, outcomeSchema, readTold } from "./apply/outcome.ts";
import type { Health } from "./apply/health.ts";
import { updatesFolder } from "./stage/staged-folder.ts";

const BEAT_MS = 2_000;

export const healthFile = (dir: string): string => join(updatesFolder(dir), "health.json");

export interface TellHealthDeps {
  readonly dir: string;
  readonly ports: Pick<ReplicatorPorts, "setTimer">;
  readonly log: SourceLog;
  readonly stateFolder: () => string;
  /** Asks this very agent as any window would: through its door. */
  readonly ask: () => Promise<Snapshot | undefined>;
}

/** While a root job has this version on probation, tells it how the agent is. Ends with the probation. */
export function tellHealth(deps: TellHealthDeps): { stop: () => void } {
  let timer: Timer | undefined;
  let stopped = false;
  let beat = 0;
  const told = (): number | undefined => {
    const outcome = readTold(outcomeFile(deps.stateFolder()), outcomeSchema);
    return outcome?.result === "installing" ? outcome.atMs : undefined;
  };
  const tell = async (): Promise<void> => {
    const attemptMs = told();
    if (attemptMs === undefined) return;
    try {
      const snapshot = await deps.ask();
      if (snapshot !== undefined) write(deps.dir, healthOf(snapshot, attemptMs, (beat += 1)));
    } catch (error) {
      deps.log.warn({ err: error }, "this agent does not answer itself");
    }
    if (!stopped) timer = deps.ports.setTimer(BEAT_MS, () => void tell());
  };
  timer = deps.ports.setTimer(BEAT_MS, () => void tell());
  return {
    stop: () => {
      stopped = true;
      timer?.cancel();
    },
  };
}

const healthOf = ({ agentVersion, sources }: Snapshot, attemptMs: number, beat: number): Health => ({
  version: agentVersion,
  attemptMs,
  pid: process.pid,
  beat,
  sources: sources.map(({ name, lastReadAtMs }) => ({ name, isRead: lastReadAtMs !== null })),
});

function write(dir: string, health: Health): void {
  mkdirSync(updatesFolder(dir), { recursive: true, mode: 0o700 });
  writePrivateFile(healthFile(dir), JSON.stringify(health));
}
