import type { Queryable } from "../../db/database.ts";
import { STREAM_BEAT_MS, STREAM_CHECK_MS, STREAM_LIFE_MS, STREAM_POLL_MS, STREAM_STUCK_MAX_MS } from "../../limits.ts";
import type { BackgroundLog, BackgroundPorts } from "../../subscribers/ports.ts";
import type { MovedHead } from "../write-documents.ts";
import type { CallerCheck } from "./caller.ts";
import { readHeads } from "./read-heads.ts";
import { beatFrame } from "./stream-event.ts";
import type { OpenStream } from "./open-stream.ts";
import type { StreamTopic } from "./stream-topic.ts";

/** How often what is done; tests wait less. */
export interface KeepTimes {
  readonly beatMs: number;
  readonly pollMs: number;
  readonly checkMs: number;
  readonly stuckMaxMs: number;
  readonly lifeMs: number;
}

export const KEEP_TIMES: KeepTimes = {
  beatMs: STREAM_BEAT_MS,
  pollMs: STREAM_POLL_MS,
  checkMs: STREAM_CHECK_MS,
  stuckMaxMs: STREAM_STUCK_MAX_MS,
  lifeMs: STREAM_LIFE_MS,
};

export interface KeepDeps {
  readonly db: Queryable;
  readonly log: BackgroundLog;
  readonly ports: BackgroundPorts;
  readonly stillAllowed: CallerCheck;
  readonly streams: ReadonlySet<OpenStream>;
  readonly topics: ReadonlyMap<string, StreamTopic>;
  readonly heard: (heads: readonly MovedHead[]) => void;
}

/** Looks after open streams until `signal` aborts: signs of life, ends, rights, and heads that nobody told of. Never rejects. */
export async function keepStreams(deps: KeepDeps, signal: AbortSignal, times: KeepTimes): Promise<void> {
  const every = async (ms: number, what: () => unknown): Promise<void> => {
    while (!signal.aborted) {
      await deps.ports.sleep(ms, signal);
      if (signal.aborted) return;
      try {
        await what();
      } catch (error) {
        deps.log.warn({ err: error }, "care of streams failed and is tried again");
      }
    }
  };
  await Promise.all([
    every(times.beatMs, () => beat(deps)),
    every(times.pollMs, () => pollHeads(deps)),
    every(times.checkMs, () => endStreams(deps, times)),
  ]);
}

/** A sign of life says that nothing is left untold. Whoever cannot look does not give it, and readers notice. */
async function beat(deps: KeepDeps): Promise<void> {
  await pollHeads(deps);
  for (const { outlet } of deps.streams) outlet.beat(beatFrame);
}

async function pollHeads(deps: KeepDeps): Promise<void> {
  const topics = [...deps.topics.values()];
  if (topics.length === 0) return;
  const collections = [...new Set(topics.map((topic) => topic.collection))];
  deps.heard(await readHeads(deps.db, collections, [...new Set(topics.map((topic) => topic.scope))]));
}

/** Ends streams that are old, stuck, or no longer allowed. While the database cannot say who is, streams stay. */
async function endStreams(deps: KeepDeps, times: KeepTimes): Promise<void> {
  const nowMs = deps.ports.nowMs();
  for (const { outlet, endsMs } of deps.streams) {
    if (outlet.stuckSinceMs !== undefined && nowMs - outlet.stuckSinceMs >= times.stuckMaxMs) outlet.destroy();
    else if (nowMs >= endsMs) outlet.end();
  }
  if (deps.streams.size === 0) return;
  const gone = await deps.stillAllowed(new Set([...deps.streams].map(({ caller }) => caller)));
  for (const { caller, outlet } of deps.streams) if (gone.has(caller)) outlet.end();
}
