import type { Snapshot } from "./snapshot.ts";

/**
 * What staff see. `safe`: everything that the POS has written was read a moment ago, and the cloud has acknowledged all of
 * it. `sending`: `left` entries to go, the line is there. `offline`: `kept` entries wait here, keep selling. `attention`:
 * a person must act; `code` is what to tell whoever helps. `update`: proven, and waits for the shop to close.
 */
export type TrayState =
  | { readonly kind: "safe"; readonly readAgeMs: number | null }
  | { readonly kind: "sending"; readonly left: number }
  | { readonly kind: "offline"; readonly kept: number; readonly oldestAtMs: number | null }
  | { readonly kind: "attention"; readonly code: string; readonly others: number; readonly help: Snapshot["help"] }
  | { readonly kind: "update"; readonly version: string; readonly appliesFromMs: number };

export type TrayStateKind = TrayState["kind"];

/** A snapshot that is older says nothing any more: the agent or this window stood still. */
export const SNAPSHOT_FRESH_MS = 15_000;
