import { positionSchema, type Checkpoint, type Collection, type Scope } from "@tillsync/sync-protocol";
import { sql } from "../../store/sql.ts";
import type { ReferenceFile } from "./reference-store.ts";

/** How far one (collection, scope) is. */
export interface ScopePosition {
  readonly scope: Scope;
  readonly position: number;
  /** Where the first load under way will stand; undefined: none is under way. */
  readonly base: number | undefined;
  /** A first load, or a pull from zero, came to its end once. */
  readonly loaded: boolean;
}

interface PositionRow {
  scope: Scope;
  position: number;
  base: number | null;
  loaded: number;
}

export const positionsOf = (file: ReferenceFile, collection: Collection): readonly ScopePosition[] =>
  file
    .prepare<[string], PositionRow>(sql`SELECT scope, position, base, loaded FROM position WHERE collection = ?`)
    .all(collection)
    .map(({ scope, position, base, loaded }) => ({ scope, position, base: base ?? undefined, loaded: loaded === 1 }));

/** What to pull from: scopes that have nothing yet are left out. */
export const checkpointOf = (file: ReferenceFile, collection: Collection): Checkpoint =>
  Object.fromEntries(positionsOf(file, collection).map(({ scope, position }) => [scope, positionSchema.parse(position)]));

/** Moves forward alone. Call it inside a transaction. */
export function movePosition(file: ReferenceFile, collection: Collection, scope: Scope, position: number): void {
  file
    .prepare(
      sql`INSERT INTO position (collection, scope, position) VALUES (?, ?, ?)
          ON CONFLICT (collection, scope) DO UPDATE SET position = max(position, excluded.position)`,
    )
    .run(collection, scope, position);
}

/** Every scope of the collection was pulled to its end. Call it inside a transaction. */
export function markLoaded(file: ReferenceFile, collection: Collection, scopes: readonly Scope[]): void {
  const mark = file.prepare(
    sql`INSERT INTO position (collection, scope, position, loaded) VALUES (?, ?, 0, 1)
        ON CONFLICT (collection, scope) DO UPDATE SET loaded = 1`,
  );
  for (const scope of scopes) mark.run(collection, scope);
}

/** The collection is as the cloud has it, seen at this moment. Call it inside a transaction. */
export function markFresh(file: ReferenceFile, collection: Collection, nowMs: number): void {
  file
    .prepare(
      sql`INSERT INTO freshness (collection, as_of_ms) VALUES (?, ?) ON CONFLICT (collection) DO UPDATE SET as_of_ms = excluded.as_of_ms`,
    )
    .run(collection, Math.round(nowMs));
}

export const freshAt = (file: ReferenceFile, collection: Collection): number | null =>
  file.prepare<[string], { at: number }>(sql`SELECT as_of_ms AS at FROM freshness WHERE collection = ?`).get(collection)?.at ?? null;
