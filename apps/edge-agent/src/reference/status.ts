import { collections, ERROR_CODES, type Checkpoint, type Collection, type ErrorCode } from "@tillsync/sync-protocol";
import { readReference } from "./store/in-reference.ts";
import { readReferenceMeta } from "./store/meta.ts";
import { checkpointOf, freshAt, positionsOf } from "./store/positions.ts";
import type { ReferenceFile, ReferenceStore } from "./store/reference-store.ts";
import { tableOf } from "./store/tables.ts";

/**
 * `live`: loaded, and changes come as they happen. `polling`: loaded, asked for now and then. `loading`: the first load goes
 * on. `offline`: the cloud is not reached; `blocked`: it is, and a person has to do something. `resting`: no agent runs.
 */
export type ReferenceState = "not-enrolled" | "loading" | "live" | "polling" | "offline" | "blocked" | "resting";

export interface CollectionStatus {
  readonly name: Collection;
  /** Living documents. */
  readonly documents: number;
  readonly position: Checkpoint;
  readonly loaded: boolean;
  /** When it was last known to be as the cloud has it, by this machine's clock, in ms since 1970. */
  readonly asOf: number | null;
}

/** The way down, apart from the way up. */
export interface ReferenceStatus {
  readonly state: ReferenceState;
  readonly collections: readonly CollectionStatus[];
  readonly lastError: { readonly code: string; readonly at: number } | null;
  readonly lastChangeAtMs: number | null;
}

/** The way down in few words: for a picture that is made every second. */
export interface ReferenceLine {
  readonly state: ReferenceState;
  /** When all of it was last known to be as the cloud has it; null: it never was. */
  readonly asOfMs: number | null;
  /** Why it is blocked or offline. */
  readonly code: string | null;
}

export interface ReferenceContext {
  readonly state: ReferenceState;
  readonly lastError: ReferenceStatus["lastError"];
  /** Known by the running agent, later than what is kept. */
  readonly asOf: ReadonlyMap<Collection, number>;
}

export const NO_REFERENCE: ReferenceStatus = { state: "not-enrolled", collections: [], lastError: null, lastChangeAtMs: null };

/** What the store has, with what the running agent knows. Throws `store.*`. */
export const readReferenceStatus = (store: ReferenceStore, context: ReferenceContext): ReferenceStatus =>
  readReference(store, (file) => ({
    state: context.state,
    collections: collections.map((name) => collectionStatus(file, name, context.asOf.get(name))),
    lastError: context.lastError,
    lastChangeAtMs: numberOrNull(readReferenceMeta(file, "last-change-at")),
  }));

/** What people are told, of what fails and what has been loaded. */
export function stateOf(loaded: boolean, live: boolean, failing: readonly ErrorCode[]): ReferenceState {
  if (failing.some((code) => ERROR_CODES[code].retry !== "automatic")) return "blocked";
  if (failing.length > 0 && !live) return "offline";
  if (!loaded) return "loading";
  return live ? "live" : "polling";
}

function collectionStatus(file: ReferenceFile, name: Collection, asOf: number | undefined): CollectionStatus {
  const { table } = tableOf(name);
  const text = `SELECT (SELECT count(*) FROM ${table}) - (SELECT count(*) FROM ${table} WHERE deleted = 1) AS documents`;
  const positions = positionsOf(file, name);
  return {
    name,
    documents: file.prepare<[], { documents: number }>(text).get()?.documents ?? 0,
    position: checkpointOf(file, name),
    loaded: positions.length > 0 && positions.every(({ loaded }) => loaded),
    asOf: asOf ?? freshAt(file, name),
  };
}

const numberOrNull = (text: string | undefined): number | null => (text === undefined ? null : Number(text));
