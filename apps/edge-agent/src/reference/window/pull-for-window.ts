import {
  PULL_DOCUMENTS_MAX,
  TillsyncError,
  type Checkpoint,
  type Collection,
  type PullAnswer,
  type WireDocument,
} from "@tillsync/sync-protocol";
import { windowScope } from "../store/adopt-scopes.ts";
import { readReference } from "../store/in-reference.ts";
import { readReferenceMeta } from "../store/meta.ts";
import type { ReferenceFile, ReferenceStore } from "../store/reference-store.ts";
import { tableOf } from "../store/tables.ts";

export interface WindowPull {
  readonly collection: Collection;
  readonly checkpoint: Checkpoint;
  readonly limit: number;
}

/**
 * The cloud's pull, served from this terminal's file: what the terminal sees, in the order in which it changed here. The
 * checkpoint counts local changes under the terminal's own scope. Throws `reference.checkpoint-unknown` for one of another
 * file (it was damaged, or the terminal has moved) or from before what is remembered: the window forgets what it has and
 * pulls from the start.
 */
export function pullForWindow(store: ReferenceStore, { collection, checkpoint, limit }: WindowPull): PullAnswer {
  const { table } = tableOf(collection);
  const text = `SELECT n, body FROM ${table} WHERE n > ? ORDER BY n LIMIT ?`;
  return readReference(store, (file) => {
    const scope = windowScope(file);
    const after = positionOf(file, checkpoint);
    const rows = file.prepare<[number, number], { n: number; body: string }>(text).all(after, Math.min(limit, PULL_DOCUMENTS_MAX));
    const last = rows.at(-1)?.n ?? after;
    return {
      documents: rows.map(({ body }) => JSON.parse(body) as WireDocument),
      checkpoint: last === 0 ? {} : { [scope]: last },
    };
  });
}

/** Local changes that a window has; zero: none yet. Throws `reference.checkpoint-unknown`. */
export function positionOf(file: ReferenceFile, checkpoint: Checkpoint): number {
  const [entry, ...others] = Object.entries(checkpoint);
  if (entry === undefined) return 0;
  const [scope, position] = entry;
  const first = Number(readReferenceMeta(file, "first-change") ?? 0);
  const known = others.length === 0 && scope === windowScope(file) && position >= first && position <= file.lastChange;
  if (!known && position !== 0) throw new TillsyncError("reference.checkpoint-unknown", scope);
  return position;
}

/** Whether the collection changed behind a checkpoint, and how far. Throws as `pullForWindow`. */
export function changedBehind(file: ReferenceFile, collection: Collection, checkpoint: Checkpoint): number | undefined {
  const text = `SELECT max(n) AS last FROM ${tableOf(collection).table}`;
  const last = file.prepare<[], { last: number | null }>(text).get()?.last ?? 0;
  return last > positionOf(file, checkpoint) ? last : undefined;
}
