import type { Database, Queryable } from "../../db/database.ts";
import { findEffects, type Effect } from "../find-effects.ts";
import { storeEffects } from "../store-effects.ts";
import { takePositions } from "../take-positions.ts";
import { planChange, type DocumentChange } from "../write-documents.ts";

const effectsOf = (db: Queryable, changes: readonly DocumentChange[]): Promise<Effect[]> => findEffects(db, changes.map(planChange));

/**
 * What must not be done: positions taken in one transaction, documents written in a later one. For negative controls.
 * Gives the function that does the second half.
 */
export async function takeWithoutLock(db: Database, changes: readonly DocumentChange[]): Promise<() => Promise<void>> {
  const effects = await effectsOf(db, changes);
  const { placed } = await takePositions(db, effects);
  return () => db.transaction((tx) => storeEffects(tx, effects, placed, 1));
}

/** What must not be done either: documents are looked at before they are locked. */
export async function writeUnlocked(db: Database, changes: readonly DocumentChange[]): Promise<void> {
  const last = new Map(changes.map((change) => [change.id, change]));
  await db.transaction(async (tx) => {
    const effects = await effectsOf(tx, [...last.values()]);
    if (effects.length === 0) return;
    const { placed } = await takePositions(tx, effects);
    await storeEffects(tx, effects, placed, 1);
  });
}
