import { epoch as epochNumber, type HashHex } from "@tillsync/sync-protocol";
import { countSetAside } from "../capture/set-aside.ts";
import { journalHeads } from "../journal/journal-heads.ts";
import { COPIED_AT } from "../journal/open-journal.ts";
import { readMeta } from "../journal/meta.ts";
import type { IntakeStatus } from "../intake/serve-intake.ts";
import type { UpstreamStatus } from "../replicator/upstream-status.ts";
import type { ReferenceStatus } from "../reference/status.ts";
import { quotaStatus, type QuotaStatus } from "../redemptions/open-reservations.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { readCaptured, type Captured } from "./captured.ts";
import { countOpenVerdicts } from "./open-verdicts.ts";

export interface SourceStatus {
  readonly name: string;
  readonly kind: "folder";
  readonly path: string;
  readonly adapter: string;
  readonly state: "watching" | "stopped" | "failing" | "paused";
  readonly code?: string;
  readonly files: number;
  readonly open: number;
  readonly failed: number;
}

/** `edge-agent status --json`. */
export interface AgentStatus {
  readonly running: boolean;
  readonly terminalId: string | null;
  readonly storeId: string | null;
  readonly epoch: number;
  readonly journal: { readonly seq: number; readonly hash: HashHex | null };
  readonly epochs: readonly { readonly epoch: number; readonly seq: number; readonly hash: HashHex; readonly closed: boolean }[];
  readonly captured: Captured;
  /** Open items that need attention: set aside here, and entries that the cloud has set aside. */
  readonly setAside: number;
  readonly setAsideByCloud: number;
  readonly notSales: number;
  readonly upstreams: readonly UpstreamStatus[];
  readonly clock: { readonly offsetMs: number | null };
  readonly sources: readonly SourceStatus[];
  /** The way down: what flows from the cloud, apart from the way up. */
  readonly reference: ReferenceStatus;
  /** The HTTP interface for the POS; null: none is configured, or the agent does not run. */
  readonly intake: IntakeStatus | null;
  /** Leases of quota, and reservations that nobody has settled. */
  readonly quotas: QuotaStatus;
  readonly disk: { readonly state: "ok" | "full" };
  /** When it was noticed that this folder is a copy; null: it is not, as far as can be seen. */
  readonly copiedAtMs: number | null;
}

/** What the store alone cannot tell. */
export interface StatusContext {
  readonly running: boolean;
  readonly terminalId: string | null;
  readonly storeId: string | null;
  readonly upstreams: readonly UpstreamStatus[];
  readonly clockOffsetMs: number | null;
  readonly sources: readonly SourceStatus[];
  readonly reference: ReferenceStatus;
  readonly intake: IntakeStatus | null;
  readonly disk: "ok" | "full";
}

/** Reads the state of a data folder. Changes nothing. */
export function readStatus(store: AgentStore, context: StatusContext): AgentStatus {
  const heads = journalHeads(store);
  const head = heads.at(-1);
  const local = countSetAside(store);
  const byCloud = countOpenVerdicts(store);
  const copiedAt = readMeta(store, COPIED_AT);
  return {
    running: context.running,
    terminalId: context.terminalId,
    storeId: context.storeId,
    epoch: head?.epoch ?? epochNumber(1),
    journal: { seq: head?.seq ?? 0, hash: head?.hash ?? null },
    epochs: heads.map(({ epoch, seq, hash, closed }) => ({ epoch, seq, hash, closed })),
    captured: readCaptured(store),
    setAside: local.attention + byCloud,
    setAsideByCloud: byCloud,
    notSales: local.notSales,
    upstreams: context.upstreams,
    clock: { offsetMs: context.clockOffsetMs },
    sources: context.sources,
    reference: context.reference,
    intake: context.intake,
    quotas: quotaStatus(store),
    disk: { state: context.disk },
    copiedAtMs: copiedAt === undefined ? null : Number(copiedAt),
  };
}
