import { reconcileDay, type DestinationReconciliation } from "../destinations/reconcile.ts";
import type { Command } from "./command.ts";
import { parseFlags, required } from "./parse-flags.ts";
import { readBusinessDay } from "./read-business-day.ts";
import { withDatabase } from "./with-database.ts";

const FLAGS = { "business-day": { type: "string" }, store: { type: "string" }, destination: { type: "string" } } as const;

export const reconcile: Command = {
  usage: "reconcile --business-day D [--store S] [--destination D]  --data DIR|--database-url URL [--json]",
  summary: "Compares what the log holds of a day with what each destination has, by count and money. Exit 1 when they differ.",
  run: async (args) => {
    const { values } = parseFlags(args, FLAGS);
    const businessDay = readBusinessDay(required(values["business-day"], "business-day"));
    const found = await withDatabase(values, (db) =>
      reconcileDay(db, { businessDay, store: values.store, destination: values.destination }),
    );
    const equal = found.every((one) => one.equal);
    if (values.json) console.log(JSON.stringify({ businessDay, equal, destinations: found }));
    else found.forEach(print);
    return equal ? 0 : 1;
  },
};

function print(one: DestinationReconciliation): void {
  const money = (gross: Readonly<Record<string, string>>): string =>
    Object.entries(gross)
      .map(([currency, text]) => `${text} ${currency}`)
      .join(", ") || "-";
  console.log(`${one.destination}: log ${one.log.count} receipts, ${money(one.log.gross)}`);
  for (const [state, share] of Object.entries(one.by)) console.log(`  ${state}\t${share.count}\t${money(share.gross)}`);
  for (const row of one.missing) console.log(`  missing\t${row.naturalKey}\trevision ${row.revision}\t${row.state}\t${row.grand ?? ""}`);
  if (one.missingMore) console.log("  more are missing");
}
