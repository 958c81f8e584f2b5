import type { StockLevel, TerminalId } from "@tillsync/sync-protocol";
import { sql } from "../../store/sql.ts";
import type { ReferenceFile } from "../store/reference-store.ts";
import { addDecimals } from "./add-decimals.ts";

export interface OwnStock {
  readonly onHand: string;
  readonly movements: number;
}

interface MovementRow {
  kind: "change" | "count";
  quantity: string;
}

/** The cloud's figure with what this terminal's journal moved behind the place that the figure includes. */
export function applyOwnMovements(file: ReferenceFile, level: StockLevel, terminal: string | undefined): OwnStock {
  const included = terminal === undefined ? undefined : level.included[terminal as TerminalId];
  const rows = file
    .prepare<[string, number, number, number], MovementRow>(
      sql`SELECT kind, quantity FROM own_movement
          WHERE item_id = ? AND (epoch > ? OR (epoch = ? AND seq > ?)) ORDER BY epoch, seq, line`,
    )
    .all(level.itemId, included?.epoch ?? 0, included?.epoch ?? 0, included?.seq ?? 0);
  let onHand: string = level.onHand;
  for (const { kind, quantity } of rows) onHand = kind === "count" ? quantity : addDecimals(onHand, quantity);
  return { onHand, movements: rows.length };
}
