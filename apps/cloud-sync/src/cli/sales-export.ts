import { once } from "node:events";
import { TillsyncError } from "@tillsync/sync-protocol";
import { exportSales } from "../transactions/export-sales.ts";
import type { Command } from "./command.ts";
import { parseFlags } from "./parse-flags.ts";
import { readBusinessDay } from "./read-business-day.ts";
import { withDatabase } from "./with-database.ts";

const FLAGS = {
  store: { type: "string" },
  "business-day": { type: "string" },
  "all-revisions": { type: "boolean", default: false },
} as const;

export const sales: Command = {
  usage: "sales export [--store S] [--business-day D] [--all-revisions]  --data DIR|--database-url URL",
  summary: "Writes canonical transactions to stdout, one JSON document a line: the latest revision of each receipt.",
  run: async (args) => {
    const { values, positionals } = parseFlags(args, FLAGS, 1);
    if (positionals[0] !== "export") throw new TillsyncError("usage.invalid", "sales export");
    const day = values["business-day"];
    const wish = {
      store: values.store,
      businessDay: day === undefined ? undefined : readBusinessDay(day),
      allRevisions: values["all-revisions"],
    };
    return withDatabase(values, async (db) => {
      // A reader that has seen enough (`| head`) closes the pipe: no fault of anybody.
      let open = true;
      process.stdout.once("error", () => {
        open = false;
      });
      for await (const transaction of exportSales(db, wish)) {
        if (!open) break;
        await write(`${JSON.stringify(transaction)}\n`);
      }
      return 0;
    });
  },
};

/** Waits for a slow reader, so that memory does not grow with what it has not read. */
async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, "drain").catch(() => undefined);
}
