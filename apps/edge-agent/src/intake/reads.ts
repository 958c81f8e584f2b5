import { TillsyncError, type Collection } from "@tillsync/sync-protocol";
import type { Enrolment } from "../enrol/enrolment.ts";
import { readReference } from "../reference/store/in-reference.ts";
import { freshAt } from "../reference/store/positions.ts";
import type { ReferenceStore } from "../reference/store/reference-store.ts";
import type { UpstreamState } from "../replicator/upstream-status.ts";

/** What the routes that read reference data need. */
export interface ReadDeps {
  readonly reference: ReferenceStore;
  /** The enrolment in force; undefined until there is one. */
  readonly enrolment: () => Enrolment | undefined;
  /** How the line to the cloud stands. */
  readonly line: () => UpstreamState;
  readonly wallMs: () => number;
}

/** Comes with every answer that was read here: how old the knowledge may be, and whether word of changes can arrive. */
export interface AsOf {
  /** When this terminal was last known to have all of it as the cloud does, by its own clock. */
  readonly asOf: string;
  readonly line: "up" | "down";
}

/**
 * How fresh a collection is. Throws `reference.not-loaded` before it was loaded once: what is missing then may be on its
 * way, and half of the prices are no prices.
 */
export function asOf(deps: ReadDeps, collection: Collection): AsOf {
  const at = readReference(deps.reference, (file) => freshAt(file, collection));
  if (at === null) throw new TillsyncError("reference.not-loaded", collection);
  return { asOf: new Date(at).toISOString(), line: lineOf(deps) };
}

export const lineOf = (deps: Pick<ReadDeps, "line">): AsOf["line"] => (["online", "sending"].includes(deps.line()) ? "up" : "down");

/** What was found, or 404 in the catalogue's words. */
export function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new TillsyncError("reference.not-here", what);
  return value;
}
