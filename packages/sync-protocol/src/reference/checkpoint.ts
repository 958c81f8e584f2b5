import { z } from "zod";
import { scopeSchema, type Scope } from "./scope.ts";

/** Scopes of one checkpoint; a terminal has three. */
export const CHECKPOINT_SCOPES_MAX = 16;

/** Position in one (collection, scope): dense, from 1, given in the order of commits. Zero: nothing yet. */
export const positionSchema = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/**
 * How far someone has a collection: a position for each scope, none meaning zero. Flat on purpose: RxDB joins checkpoints
 * field by field. A scope that comes new starts at zero and leaves the others where they are.
 */
export const checkpointSchema = z
  .record(scopeSchema, positionSchema)
  .refine((checkpoint) => Object.keys(checkpoint).length <= CHECKPOINT_SCOPES_MAX, "too many scopes");
export type Checkpoint = z.infer<typeof checkpointSchema>;

export const positionAt = (checkpoint: Checkpoint, scope: Scope): number => checkpoint[scope] ?? 0;

/** The further of both in every scope. */
export function joinCheckpoints(a: Checkpoint, b: Checkpoint): Checkpoint {
  const joined: Record<Scope, number> = { ...a };
  for (const [scope, position] of Object.entries(b) as [Scope, number][]) joined[scope] = Math.max(joined[scope] ?? 0, position);
  return joined;
}

/** Whether `a` has everything that `b` has. */
export const covers = (a: Checkpoint, b: Checkpoint): boolean =>
  (Object.entries(b) as [Scope, number][]).every(([scope, position]) => positionAt(a, scope) >= position);
