import { z } from "zod";
import type { Outcome } from "../outcome.ts";
import { areaOf, type Attempt } from "./attempt.ts";
import { findStockMove } from "./find.ts";
import { callSquare } from "./line.ts";
import type { SquareDocument } from "./plan.ts";
import { changeSchema } from "./shapes.ts";

const changesAnswer = z.object({ changes: z.array(changeSchema).min(1) });

/** Ends the reference of a document's stock movement. */
export const STOCK = "-s";

/**
 * Moves what came back into stock; what was sold Square moved itself when the order was paid. Square refuses a time of more
 * than a day ago, and the same key with another time: within the key's window the time is that of our receiving it.
 */
export async function moveStock({ line, item, keysMayBeGone }: Attempt, document: SquareDocument): Promise<Outcome<undefined>> {
  if (document.restock.length === 0) return { kind: "ok", value: undefined };
  const reference = document.reference + STOCK;
  if (keysMayBeGone) {
    const found = await findStockMove(line, areaOf(item, document.location), reference);
    if (found.kind !== "ok") return found;
    if (found.value === true) return { kind: "ok", value: undefined };
  }
  const at = new Date(keysMayBeGone ? line.ports.nowMs() : item.receivedAtMs).toISOString();
  const body = {
    idempotency_key: keysMayBeGone ? `${reference}-${at}` : reference,
    changes: document.restock.map(({ variation, quantity }) => ({
      type: "ADJUSTMENT",
      adjustment: {
        reference_id: reference,
        from_state: "UNLINKED_RETURN",
        to_state: "IN_STOCK",
        location_id: document.location,
        catalog_object_id: variation,
        quantity,
        occurred_at: at,
      },
    })),
  };
  const moved = await callSquare(line, { method: "POST", path: "/v2/inventory/changes/batch-create", body }, changesAnswer);
  if (moved.kind !== "ok") return moved;
  const isOurs = moved.value.changes.every(({ adjustment }) => adjustment?.reference_id === reference);
  return isOurs ? { kind: "ok", value: undefined } : { kind: "foreign", detail: "the answer's stock movement is another's" };
}
