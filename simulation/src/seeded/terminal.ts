import { zstdCompressSync } from "node:zlib";
import { epoch, toHex, type ErrorCode, type SessionState, type StateName, type TerminalId } from "@tillsync/sync-protocol";
import type { TerminalKeys } from "../../../apps/edge-agent/src/keys/key-files.ts";
import { createBatchBuffers } from "../../../apps/edge-agent/src/replicator/batch-buffer.ts";
import { createCloudClock } from "../../../apps/edge-agent/src/replicator/cloud-clock.ts";
import type { Compressor } from "../../../apps/edge-agent/src/replicator/compressor.ts";
import { deviceToken } from "../../../apps/edge-agent/src/replicator/device-token.ts";
import { RESTART_MS } from "../../../apps/edge-agent/src/replicator/limits.ts";
import type { ReplicatorPorts } from "../../../apps/edge-agent/src/replicator/ports.ts";
import { replicaJournal, type ReplicaJournal } from "../../../apps/edge-agent/src/replicator/replica-journal.ts";
import { runSession, type RunningSession } from "../../../apps/edge-agent/src/replicator/run-session.ts";
import { settleEpochs } from "../../../apps/edge-agent/src/replicator/settle-epochs.ts";
import type { AgentStore } from "../../../apps/edge-agent/src/store/agent-store.ts";
import { openAgentStore } from "../../../apps/edge-agent/src/store/open-store.ts";
import { captureNext, positionOf } from "./capture.ts";
import type { Chance } from "./chance.ts";
import { Crashed, crashingStore, noCrash } from "./crash-points.ts";
import { Line } from "./line.ts";
import type { Pos } from "./pos.ts";
import type { Planned } from "./scheduler.ts";
import type { World } from "./world.ts";

const compressor: Compressor = { compress: (bytes) => Promise.resolve(zstdCompressSync(bytes)), rest: () => undefined };
/** Records captured in one transaction at most. */
const CAPTURE_MAX = 12;

/** A machine with a till: the real store, journal and replicator over a line, a clock and a disk of this world. */
export class Terminal {
  readonly name: string;
  readonly id: TerminalId;
  readonly dir: string;
  readonly keys: TerminalKeys;
  readonly pos: Pos;
  readonly line: Line;
  readonly chance: Chance;
  readonly plan = noCrash();
  /** What this machine's clock shows beyond the true time. */
  wallErrorMs = 0;
  store: AgentStore | undefined;
  private readonly world: World;
  private session: RunningSession | undefined;
  private timers = new Set<Planned>();

  constructor(world: World, made: { name: string; id: TerminalId; dir: string; keys: TerminalKeys; pos: Pos }) {
    this.world = world;
    this.name = made.name;
    this.id = made.id;
    this.dir = made.dir;
    this.keys = made.keys;
    this.pos = made.pos;
    this.chance = world.chance.split(made.name);
    this.line = new Line(world, made.name, () => this.wallMs());
  }

  get on(): boolean {
    return this.store !== undefined;
  }

  readonly wallMs = (): number => Math.max(1, this.world.trueMs() + this.wallErrorMs);

  state(): SessionState | undefined {
    return this.session?.state();
  }

  /** Opens the folder, captures what the POS wrote meanwhile, and sends. */
  powerOn(): void {
    if (this.on) return;
    Object.assign(this.plan, noCrash());
    const real = openAgentStore(this.dir, { now: this.wallMs, journalKey: this.keys.journal.thumbprint });
    this.store = crashingStore(real, this.plan);
    this.note(`on, epoch ${real.end.epoch} seq ${real.end.seq} ${toHex(real.end.hash)}`);
    if (this.world.isOn("crash-at-commit") && this.chance.happens(0.5))
      Object.assign(this.plan, { commitsLeft: this.chance.between(1, 60), side: this.chance.happens(0.5) ? "before" : "after" });
    this.guarded(() => this.capture());
    this.begin();
    this.watchCrash();
  }

  /** However it ends: nothing is finished, and what was not committed is gone. */
  powerOff(): void {
    this.session?.stop();
    this.session = undefined;
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
    this.store?.close();
    this.store = undefined;
  }

  /** Captures what the POS has written past the position. */
  capture(): void {
    const { store } = this;
    if (store === undefined) return;
    const positionFirst = this.world.weakness === "position-before-entry";
    while (captureNext(store, this.pos, this.chance.between(1, CAPTURE_MAX), positionFirst) > 0)
      this.note(`captured to ${positionOf(store, this.pos)}, seq ${store.end.seq} ${toHex(store.end.hash)}`);
  }

  /** Runs what a process does by itself; a death in it ends in a machine that is off and starts again. */
  guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Crashed)) throw error;
    }
    this.watchCrash();
  }

  watchCrash(): void {
    if (!this.plan.crashed || !this.on) return;
    this.world.trace.fault(this.world.nowMs(), this.name, "crash-at-commit", this.plan.side);
    this.restartAfter(this.chance.between(500, 60_000));
  }

  restartAfter(downMs: number): void {
    this.powerOff();
    this.world.scheduler.after(downMs, () => {
      if (this.world.shopsOpen) this.powerOn();
    });
  }

  note(what: string): void {
    this.world.trace.note(this.world.nowMs(), this.name, what);
  }

  private begin(): void {
    const { store, world } = this;
    if (store === undefined) return;
    try {
      settleEpochs(store, epoch(1));
      const ports = this.ports();
      const clock = createCloudClock(ports);
      const sign = deviceToken({
        terminal: this.id,
        audience: world.cloud.settings.audience,
        identity: this.keys.identity,
        cloudNowMs: () => clock.nowMs(),
      });
      this.session = runSession({
        terminal: this.id,
        journal: this.journal(store),
        journalKey: this.keys.journal,
        compressor,
        buffers: createBatchBuffers(),
        transport: this.line.transport,
        clock,
        ports,
        token: world.inTurn(sign),
        onReport: (state, code) => this.report(state, code),
        onTrouble: (error) => this.note(`trouble ${String(error)}`),
        onCrash: (error) => this.onCrash(error),
      });
    } catch (error) {
      this.onCrash(error);
    }
  }

  private journal(store: AgentStore): ReplicaJournal {
    const journal = replicaJournal(store);
    const startEpoch: ReplicaJournal["startEpoch"] = (effect) => {
      this.world.trace.fault(this.world.nowMs(), this.name, `epoch-begun-${effect.reason}`, `${effect.previousEpoch}`);
      return journal.startEpoch(effect);
    };
    if (this.world.weakness === "verdicts-lost") return { ...journal, startEpoch, saveVerdicts: () => undefined };
    return { ...journal, startEpoch };
  }

  private ports(): ReplicatorPorts {
    const { scheduler } = this.world;
    return {
      wallMs: this.wallMs,
      monotonicMs: () => scheduler.nowMs,
      random: this.chance.draw,
      setTimer: (delayMs, work) => {
        const timer = scheduler.after(Math.round(delayMs), () => {
          this.timers.delete(timer);
          this.guarded(work);
        });
        this.timers.add(timer);
        return timer;
      },
    };
  }

  private report(state: StateName, code: ErrorCode | undefined): void {
    this.note(`${state} ${code ?? ""}`);
  }

  /** As the replicator does: a session that broke starts anew; a process that died does not. */
  private onCrash(error: unknown): void {
    if (this.plan.crashed) return;
    this.note(`session broke: ${String(error)}`);
    this.world.violate(`${this.name}: the session broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    this.ports().setTimer(RESTART_MS, () => this.begin());
  }
}
