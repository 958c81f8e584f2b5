import { decimalSchema, epoch, hlcSchema, seq, type OwnStockFact } from "@tillsync/sync-protocol";
import { sql } from "../../store/sql.ts";
import type { ReferenceFile } from "../store/reference-store.ts";

interface FactRow {
  kind: "movement" | "count";
  epoch: number;
  seq: number;
  uom: string;
  quantity: string;
  hlc: string;
  carried_epoch: number | null;
  carried_seq: number | null;
}

/** What this terminal's journal says of an item, as far as it was followed. */
export const ownFactsOf = (file: ReferenceFile, itemId: string): OwnStockFact[] =>
  file
    .prepare<[string], FactRow>(
      sql`SELECT kind, epoch, seq, uom, quantity, hlc, carried_epoch, carried_seq FROM own_fact WHERE item_id = ? ORDER BY epoch, seq, line`,
    )
    .all(itemId)
    .map((row) => ({
      kind: row.kind,
      epoch: epoch(row.epoch),
      seq: seq(row.seq),
      uom: row.uom,
      quantity: decimalSchema.parse(row.quantity),
      hlc: hlcSchema.parse(row.hlc),
      ...(row.carried_epoch === null || row.carried_seq === null
        ? {}
        : { carriedFrom: { epoch: epoch(row.carried_epoch), seq: seq(row.carried_seq) } }),
    }));
