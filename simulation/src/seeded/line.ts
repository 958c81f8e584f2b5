import type { Answer, RawAnswer } from "../../../apps/edge-agent/src/replicator/answer.ts";
import { readAnswer } from "../../../apps/edge-agent/src/replicator/answer.ts";
import type { Transport, TransportRequest } from "../../../apps/edge-agent/src/replicator/http-transport.ts";
import type { Chance } from "./chance.ts";
import type { World } from "./world.ts";

const PORTAL: RawAnswer = {
  status: 200,
  headers: { "content-type": "text/html" },
  bytes: Buffer.from("<html>Welcome to the shopping centre's network</html>"),
};

/** Shares of requests that each fault strikes while it is on. */
const SHARES = { drop: 0.05, duplicate: 0.08, delay: 0.12, cut: 0.05, "half-open": 0.04 };
/** Longer than any deadline, so that a request may arrive after its sender has given it up, or was started anew. */
const DELAY_MS_MAX = 90_000;

/**
 * The line between one terminal and the cloud: takes requests there and answers back in virtual time, or does not. Every
 * request ends by its deadline, as the real transport promises.
 */
export class Line {
  /** While set, nothing gets through; with `portal` something else answers. */
  trouble: "none" | "outage" | "portal" = "none";
  private readonly world: World;
  private readonly chance: Chance;
  private readonly who: string;
  private readonly wallMs: () => number;

  constructor(world: World, who: string, wallMs: () => number) {
    this.world = world;
    this.who = who;
    this.chance = world.chance.split(`line of ${who}`);
    this.wallMs = wallMs;
  }

  readonly transport: Transport = {
    post: (request) => new Promise((resolve) => this.send(request, resolve)),
    close: () => Promise.resolve(),
  };

  private send(request: TransportRequest, resolve: (answer: Answer) => void): void {
    const { scheduler } = this.world;
    let ended = false;
    const end = (answer: Answer): void => {
      if (ended) return;
      ended = true;
      deadline.cancel();
      resolve(answer);
    };
    const deadline = scheduler.after(request.deadlineMs, () => end(failed("wire.deadline")));
    request.signal?.addEventListener("abort", () => end(failed("wire.unreachable")), { once: true });
    const answered = (raw: RawAnswer | undefined): void => end(raw === undefined ? failed("wire.unreachable") : this.read(raw));
    if (this.trouble === "outage") return void scheduler.after(this.chance.between(1, 3_000), () => answered(undefined));
    if (this.trouble === "portal") {
      this.strike("captive-portal");
      return void scheduler.after(this.chance.between(1, 50), () => answered(PORTAL));
    }
    if (this.happens("drop")) return;
    this.deliver(request, answered);
    if (this.happens("duplicate")) this.deliver(request, () => undefined);
  }

  /** Half-open: the request gets through and no answer ever comes back. */
  private deliver(request: TransportRequest, answered: (raw: RawAnswer | undefined) => void): void {
    const { scheduler, cloud } = this.world;
    const deaf = this.happens("half-open");
    scheduler.after(this.travelMs(), async () => {
      const raw = await cloud.handle(request);
      if (deaf) return;
      const arriving = raw !== undefined && this.happens("cut") ? this.cut(raw) : raw;
      scheduler.after(this.travelMs(), () => answered(arriving));
    });
  }

  private travelMs(): number {
    return this.happens("delay") ? this.chance.between(200, DELAY_MS_MAX) : this.chance.between(1, 80);
  }

  /** The connection breaks within the answer, or a proxy ends it early and calls it whole. */
  private cut(raw: RawAnswer): RawAnswer | undefined {
    return this.chance.happens(0.5) ? undefined : { ...raw, bytes: raw.bytes.slice(0, Math.floor(raw.bytes.length / 2)) };
  }

  private read(raw: RawAnswer): Answer {
    return readAnswer(raw, this.wallMs());
  }

  private happens(fault: keyof typeof SHARES): boolean {
    if (!this.world.isOn(fault) || !this.chance.happens(SHARES[fault])) return false;
    this.strike(fault);
    return true;
  }

  private strike(fault: keyof typeof SHARES | "captive-portal"): void {
    this.world.trace.fault(this.world.nowMs(), this.who, fault);
  }
}

const failed = (code: "wire.deadline" | "wire.unreachable"): Answer => ({ kind: "failed", failure: { code } });
