import { unreachable, type ErrorCode, type StateName } from "@tillsync/sync-protocol";
import { z } from "zod";
import { ackedHead } from "../journal/acknowledge.ts";
import { journalHeads } from "../journal/journal-heads.ts";
import { readMeta, writeMeta } from "../journal/meta.ts";
import { readBatch } from "../journal/read-batch.ts";
import { lineHlc } from "../journal/read-journal-end.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { inTransaction } from "../store/in-transaction.ts";
import { CLOUD } from "./replica-journal.ts";

const UPSTREAM_STATES = ["online", "sending", "offline", "blocked", "not-enrolled"] as const;
export type UpstreamState = (typeof UPSTREAM_STATES)[number];

export interface LastError {
  readonly code: string;
  /** By this machine's clock, in ms since 1970. */
  readonly at: number;
}

export interface UpstreamStatus {
  readonly name: "cloud";
  readonly state: UpstreamState;
  /** What the cloud has of the epoch that grows. */
  readonly ackedSeq: number;
  /** Entries of all epochs that it does not have yet. */
  readonly pending: number;
  /** Age of the oldest of them by this machine's clock; null when there is none. */
  readonly oldestPendingAgeMs: number | null;
  readonly lastError: LastError | null;
}

/** What is kept for readers without the process: where sending stood, and how far off the clock was. */
const keptSchema = z.object({
  state: z.enum(UPSTREAM_STATES),
  lastError: z.object({ code: z.string(), at: z.number() }).nullable(),
  offsetMs: z.number().nullable(),
});
export type KeptStatus = z.infer<typeof keptSchema>;

const META_KEY = `upstream-status:${CLOUD}`;
export const NOTHING_KEPT: KeptStatus = { state: "not-enrolled", lastError: null, offsetMs: null };

/** The last known, however old; `not-enrolled` when nothing was ever kept. */
export function readKeptStatus(store: AgentStore): KeptStatus {
  const text = readMeta(store, META_KEY);
  return (text === undefined ? undefined : keptSchema.safeParse(JSON.parse(text)).data) ?? NOTHING_KEPT;
}

export const keepStatus = (store: AgentStore, kept: KeptStatus): void =>
  inTransaction(store, () => writeMeta(store, META_KEY, JSON.stringify(kept)));

/**
 * The status of the cloud as an upstream: `kept` says how sending stands, the store how far it has come. Works on a
 * store that is open for reading alone.
 */
export function upstreamStatus(store: AgentStore, kept: Pick<KeptStatus, "state" | "lastError">, wallMs: number): UpstreamStatus {
  const open = journalHeads(store)
    .filter(({ closed }) => !closed)
    .map(({ epoch, seq }) => ({ epoch, seq, acked: ackedHead(store, CLOUD, epoch)?.seq ?? 0 }));
  const waiting = open.find(({ seq, acked }) => acked < seq);
  return {
    name: CLOUD,
    state: kept.state,
    ackedSeq: open.at(-1)?.acked ?? 0,
    pending: open.reduce((sum, { seq, acked }) => sum + Math.max(0, seq - acked), 0),
    oldestPendingAgeMs: waiting === undefined ? null : ageMs(store, waiting.epoch, waiting.acked, wallMs),
    lastError: kept.lastError,
  };
}

/** From the entry's own time, which may have been written under another clock; never negative. */
function ageMs(store: AgentStore, epoch: number, acked: number, wallMs: number): number | null {
  const read = readBatch(store, { epoch, afterSeq: acked, entriesMax: 1, bytesMax: 0 });
  const line = read.kind === "batch" ? read.lines[0] : undefined;
  return line === undefined ? null : Math.max(0, Math.round(wallMs - lineHlc(line).ms));
}

/**
 * The session's state in the words of people. Greeting and settling keep the word before: a till that says hello every
 * few seconds to a dead line is offline all the time.
 */
export function stateForPeople(state: StateName, code: ErrorCode | undefined, before: UpstreamState): UpstreamState {
  switch (state) {
    case "sending":
      return "sending";
    case "idle":
      return code === undefined ? "online" : "blocked";
    case "blocked":
      return "blocked";
    case "waiting":
    case "stopped":
      return "offline";
    case "greeting":
    case "settling":
      return before;
    default:
      return unreachable(state);
  }
}
